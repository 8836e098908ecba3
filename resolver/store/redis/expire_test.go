package redis_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/redis/redistest"
)

// What is past its time is removed where Redis has no memory left, which is when it
// matters most.
func TestExpireOnAFullServer(t *testing.T) {
	server := redistest.Start(t, redistest.Options{Config: []string{aclUser}})
	started := time.Now()
	var past atomic.Int64 // what writes the uses asks for the time too
	s, err := store.Open(t.Context(), store.Options{
		Backend: open(t, "redis://sotto:battery-staple@"+server.Addr), Key: store.KeyText(store.NewKeyText()),
		AuditRetention: 90 * 24 * time.Hour, FlushInterval: 10 * time.Millisecond,
		Now: func() time.Time { return started.Add(time.Duration(past.Load())) },
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	create(t, s, "acme", "a", "value-1")
	s.Used("acme", "token", []string{"a"}, 7)
	uses := func() []store.UseCount {
		page, err := s.Uses(t.Context(), "acme", "a", store.Paging{})
		require.NoError(t, err)
		return page.Items
	}
	eventually(t, "the use is written", func() bool { return len(uses()) == 1 })
	require.NoError(t, server.Client(t).ConfigSet(t.Context(), "maxmemory", "1").Err())

	for _, test := range []struct {
		name  string
		after time.Duration
		want  store.Expired
	}{
		{"a use becomes one of an hour", 2 * 24 * time.Hour, store.Expired{Minutes: 1}},
		{"a use becomes one of a day", 38 * 24 * time.Hour, store.Expired{Hours: 1}},
		{"all is gone", 60 * 24 * time.Hour, store.Expired{AuditRows: 1, Days: 1}},
	} {
		past.Add(int64(test.after))
		done, err := s.Expire(t.Context())
		require.NoError(t, err, test.name)
		require.Equal(t, test.want, done, test.name)
	}
	require.Empty(t, uses())
}
