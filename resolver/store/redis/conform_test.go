package redis_test

import (
	"strings"
	"testing"

	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/redis/redistest"
	"github.com/sotto-render/sotto/resolver/store/storetest"
)

// conform runs the kit of all stores on the server at url.
func conform(t *testing.T, url string) {
	t.Helper()
	storetest.Run(t, func(t *testing.T) storetest.Place {
		at := place(t, url)
		return storetest.Place{Shared: true, Open: func(t testing.TB) store.Backend { return open(t, at) }}
	})
}

func TestSingleConforms(t *testing.T) { conform(t, redistest.Start(t, redistest.Options{}).URL) }

func TestClusterConforms(t *testing.T) {
	conform(t, redistest.StartCluster(t, redistest.Options{}).URL)
}

func TestTLSConforms(t *testing.T) {
	conform(t, redistest.Start(t, redistest.Options{TLS: true, Password: "correct-horse"}).URL)
}

// The user that the documentation tells operators to make, and no more.
const aclUser = "user sotto on >battery-staple resetchannels &sotto* ~sotto* " +
	"-@all +ping +info +publish +subscribe +eval +evalsha +exists +smembers +sadd " +
	"+hget +hmget +hset +hdel +hscan +zadd +zrem +zrange +zrangebylex +zrevrangebylex"

// A Cluster's client asks for the map of its slots as well.
const clusterUser = aclUser + " +cluster|slots +cluster|shards +command"

func TestACLUserOfAClusterConforms(t *testing.T) {
	cluster := redistest.StartCluster(t, redistest.Options{Config: []string{clusterUser}})
	conform(t, strings.Replace(cluster.URL, "redis://", "redis://sotto:battery-staple@", 1))
}

func TestSentinelConforms(t *testing.T) {
	conform(t, redistest.StartSentinel(t, redistest.Options{}).URL)
}

func TestACLUserConforms(t *testing.T) {
	server := redistest.Start(t, redistest.Options{Password: "correct-horse", Config: []string{aclUser}})
	conform(t, strings.Replace(server.URL, ":correct-horse@", "sotto:battery-staple@", 1))
}
