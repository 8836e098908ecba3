package admission

import (
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func requireRefusal(t *testing.T, err error, reason Reason, after time.Duration) {
	t.Helper()
	var refused *Refusal
	require.ErrorAs(t, err, &refused)
	require.Equal(t, reason, refused.Reason)
	require.Equal(t, after, refused.After)
	require.NotEmpty(t, refused.Error())
}

func TestRateOfAToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Options{Token: Limits{Rate: 10}})
		for range 10 {
			a, err := c.Enter("one", Limits{})
			require.NoError(t, err)
			a.Leave()
		}
		a, err := c.Enter("one", Limits{})
		requireRefusal(t, err, Rate, 100*time.Millisecond)
		header := http.Header{}
		a.Describe(header)
		require.Equal(t, `"token";q=10;w=1`, header.Get("RateLimit-Policy"))
		require.Equal(t, `"token";r=0;t=1`, header.Get("RateLimit"))
		_, err = c.Enter("two", Limits{})
		require.NoError(t, err, "another token has its own")
		_, err = c.Enter("three", Limits{Rate: 1})
		require.NoError(t, err)
		_, err = c.Enter("three", Limits{Rate: 1})
		requireRefusal(t, err, Rate, time.Second)
		time.Sleep(100 * time.Millisecond)
		_, err = c.Enter("one", Limits{})
		require.NoError(t, err)
	})
}

func TestConcurrencyOfAToken(t *testing.T) {
	c := New(Options{Token: Limits{Concurrency: 2}})
	a, err := c.Enter("one", Limits{})
	require.NoError(t, err)
	_, err = c.Enter("one", Limits{})
	require.NoError(t, err)
	_, err = c.Enter("one", Limits{})
	requireRefusal(t, err, Concurrency, time.Second)
	a.Leave()
	_, err = c.Enter("one", Limits{})
	require.NoError(t, err)
}

func TestBytesInFlight(t *testing.T) {
	c := New(Options{Bytes: 100})
	enter := func(id string, own Limits) *Account {
		a, err := c.Enter(id, own)
		require.NoError(t, err)
		return a
	}
	one, two := enter("one", Limits{}), enter("two", Limits{})
	require.NoError(t, one.Hold(40))
	require.NoError(t, one.Hold(10))
	requireRefusal(t, one.Hold(10), Memory, time.Second)
	require.NoError(t, two.Hold(20), "who holds nothing finds room")
	requireRefusal(t, two.Hold(20), Memory, time.Second)
	require.EqualValues(t, 70, c.BytesInFlight())
	one.Free(50)
	require.NoError(t, two.Hold(20))
	two.Free(40)
	require.NoError(t, one.Hold(100), "one request may take all that is free")
	requireRefusal(t, two.Hold(1), Memory, time.Second)
	one.Free(100)
	requireRefusal(t, enter("three", Limits{Bytes: 10}).Hold(11), Bytes, time.Second)
	require.Zero(t, c.BytesInFlight())
}

// TestIdleTokensAreForgotten keeps the accounts from growing with the tokens, and
// those from being forgotten that still say something.
func TestIdleTokensAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Options{Token: Limits{Rate: 1}})
		busy, err := c.Enter("busy", Limits{})
		require.NoError(t, err)
		for i := range 10 * minSweep {
			a, err := c.Enter(strconv.Itoa(i), Limits{})
			require.NoError(t, err)
			a.Leave()
			time.Sleep(10 * time.Millisecond)
		}
		require.LessOrEqual(t, len(c.accounts), 2*minSweep)
		require.Same(t, busy, c.accounts["busy"])
	})
}

func TestFailedSignIns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Options{SignIns: 3})
		exhaust := func(remote string) {
			for range 3 {
				require.NoError(t, c.FailSignIn(remote))
			}
			requireRefusal(t, c.FailSignIn(remote), SignIn, 20*time.Second)
		}
		exhaust("192.0.2.1:1000")
		require.Error(t, c.FailSignIn("192.0.2.1:2000"), "the port says nothing")
		require.Error(t, c.FailSignIn("[::ffff:192.0.2.1]:1"), "the same address in IPv6")
		exhaust("192.0.2.2:1000")
		exhaust("[2001:db8::1]:1000")
		require.Error(t, c.FailSignIn("[2001:db8::ffff:1]:1000"), "the same /64")
		require.NoError(t, c.FailSignIn("[2001:db8:0:1::1]:1000"))
		exhaust("no address")
		time.Sleep(21 * time.Second)
		require.NoError(t, c.FailSignIn("192.0.2.1:1000"))
	})
}

// TestManyAddressesTakeLittle fails from more addresses than are told apart.
func TestManyAddressesTakeLittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Options{SignIns: 1})
		address := func(i int) string { return "[2001:db8:" + strconv.FormatInt(int64(i), 16) + "::1]:1" }
		for i := range maxAddresses {
			require.NoError(t, c.FailSignIn(address(i)))
		}
		require.NoError(t, c.FailSignIn(address(maxAddresses)))
		require.Error(t, c.FailSignIn(address(maxAddresses+1)), "the rest share")
		time.Sleep(2 * time.Minute)
		require.NoError(t, c.FailSignIn(address(maxAddresses+1)))
		require.Less(t, len(c.signIns.failed), 10)
	})
}
