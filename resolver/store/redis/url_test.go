package redis_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver/store/redis"
	"github.com/sotto-render/sotto/resolver/store/redis/redistest"
)

func TestParseURL(t *testing.T) {
	c, err := redis.ParseURL("redis://localhost")
	require.NoError(t, err)
	require.Equal(t, []string{"localhost:6379"}, c.Client.Addrs)
	require.Equal(t, "sotto", c.Prefix)
	require.Nil(t, c.Client.TLSConfig)

	c, err = redis.ParseURL("rediss://user:p%40ss%2F@[::1]:7000/3?prefix=team&pool_size=4&read_timeout=250ms&server_name=db.example")
	require.NoError(t, err)
	require.Equal(t, []string{"[::1]:7000"}, c.Client.Addrs)
	require.Equal(t, "user", c.Client.Username)
	require.Equal(t, "p@ss/", c.Client.Password)
	require.Equal(t, 3, c.Client.DB)
	require.Equal(t, "team", c.Prefix)
	require.Equal(t, 4, c.Client.PoolSize)
	require.Equal(t, 250*time.Millisecond, c.Client.ReadTimeout)
	require.Equal(t, "db.example", c.Client.TLSConfig.ServerName)

	c, err = redis.ParseURL("redis://s1:26379/1?addr=s2&addr=s3:26379&master=main&sentinel_user=watch")
	require.NoError(t, err)
	require.Equal(t, []string{"s1:26379", "s2:6379", "s3:26379"}, c.Client.Addrs)
	require.Equal(t, "main", c.Client.MasterName)
	require.Equal(t, "watch", c.Client.SentinelUsername)

	c, err = redis.ParseURL("redis://one:6379?cluster=true")
	require.NoError(t, err)
	require.True(t, c.Client.IsClusterMode)

	file := filepath.Join(t.TempDir(), "password")
	require.NoError(t, os.WriteFile(file, []byte("from file\n"), 0o600))
	c, err = redis.ParseURL("redis://user@localhost?password_file=" + file)
	require.NoError(t, err)
	require.Equal(t, "from file", c.Client.Password)
}

func TestParseURLRefuses(t *testing.T) {
	for _, url := range []string{
		"", "localhost:6379", "http://:canary@localhost", "redis://", "redis://:canary%zz@localhost",
		"redis://:canary@localhost/x", "redis://:canary@localhost/-1", "redis://:canary@localhost?prefx=a",
		"redis://:canary@localhost?cluster=maybe", "redis://:canary@localhost?pool_size=many",
		"redis://:canary@localhost?dial_timeout=5", "redis://:canary@localhost?ca=/etc/ca.pem",
		"rediss://:canary@localhost?ca=/nowhere/ca.pem", "redis://:canary@localhost?password_file=/nowhere", "redis://:canary@localhost?password_file=/dev/zero",
		"redis://:canary@localhost?prefix={a}", "redis://:canary@a/2?addr=b",
		"redis://:canary@localhost?master=m&cluster=true", "redis://:canary@local host", "redis://u:can ary@h:x",
	} {
		t.Run(url, func(t *testing.T) {
			_, err := redis.ParseURL(url)
			require.Error(t, err, url)
			require.NotContains(t, err.Error(), "canary")
		})
	}
}

func TestErrorsNameNoCredential(t *testing.T) {
	server := redistest.Start(t, redistest.Options{Password: "correct-horse"})
	for _, url := range []string{
		"redis://:canary@" + server.Addr, "redis://canary:canary@" + server.Addr, "redis://" + server.Addr,
		"redis://:canary@127.0.0.1:1?dial_timeout=500ms", "rediss://:canary@" + server.Addr + "?dial_timeout=500ms",
	} {
		t.Run(url, func(t *testing.T) {
			_, err := redis.Open(t.Context(), url)
			require.Error(t, err)
			require.NotContains(t, err.Error(), "canary")
			require.NotContains(t, err.Error(), "correct-horse")
		})
	}
}
