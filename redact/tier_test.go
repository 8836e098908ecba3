package redact

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryPatternIsFoundAtEveryOffset(t *testing.T) {
	for seed := range uint64(60) {
		w := world{rand.New(rand.NewPCG(seed, 7))}
		m := &New(w.values()...).registry().matcher
		m.spans(nil, nil, edge{})
		for _, member := range m.known {
			if tierFor(member.pattern) == words {
				continue
			}
			for offset := range 20 {
				text := append(append(make([]byte, offset), member.text...), 0, 0, 0)
				spans := m.spans(nil, text, edge{})
				require.Equal(t, []span{{offset, offset + len(member.text)}}, spans, "seed %d: %q", seed, member.text)
			}
		}
	}
}

func TestValuesThatShareALongPart(t *testing.T) {
	w := world{rand.New(rand.NewPCG(8, 9))}
	body := w.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 3000)
	for name, make := range map[string]func(i int) string{
		"inside":  func(i int) string { return body[:i*7] + fmt.Sprint(i) + body[i*7:] },
		"before":  func(i int) string { return fmt.Sprint(i) + "-" + body },
		"after":   func(i int) string { return body + fmt.Sprintf("-%06d", i) },
		"changed": func(i int) string { return body[:i*3] + "~" + body[i*3+1:1500+i] + "~" + body[1501+i:] },
		"nested":  func(i int) string { return body[i:] },
		"cut":     func(i int) string { return body[:2000+i] },
	} {
		t.Run(name, func(t *testing.T) {
			var values []Secret
			for i := range 150 {
				values = append(values, NewSecret(make(i)))
			}
			r := New(values[:75]...)
			r.String("so that the rest is added in place")
			r.Add(values[75:]...)
			near := body[:1500] + "!" + body[1501:] // no value, but it holds the start of all
			require.Equal(t, near[400:1990], r.String(near[400:1990]))
			for i := range values {
				text := near[400:1900] + "<" + make(i) + ">" + near[500:1800]
				require.Equal(t, near[400:1900]+"<"+Mask+">"+near[500:1800], r.String(text), "value %d", i)
				text = strings.ToUpper(make(i))
				require.Equal(t, text, r.String(text), "value %d", i)
			}
		})
	}
}

func TestAShortValueThatIsAnEscape(t *testing.T) {
	r := New(NewSecret("%Aa"), NewSecret("%4c"))
	require.Equal(t, Mask+" "+Mask+" "+Mask+" %Aab %4", r.String("%Aa %aA %4C %Aab %4"))
}

// However values come, few automata run: each reads all of a hostile text.
func TestAutomataStayFewWhenValuesComeOneByOne(t *testing.T) {
	r := New(NewSecret("service-account-0"))
	r.String("so that the rest is added in place")
	for i := range 700 {
		r.Add(NewSecret(fmt.Sprintf("service-account-%04d", i)))
	}
	for _, tier := range r.registry().matcher.index.Load().tiers {
		if tier != nil {
			require.LessOrEqual(t, len(*tier.automata.Load()), 12, "of shape %v", tier.shape)
		}
	}
	require.Equal(t, "service-account-x "+Mask, r.String("service-account-x service-account-0699"))
}

// Values that come one by one take windows that the ones before do not hold: a
// text of what all share is compared with few of them.
func TestWindowsOfLongValuesThatComeOneByOne(t *testing.T) {
	w := world{rand.New(rand.NewPCG(4, 9))}
	body := w.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 4000)
	r := New(NewSecret(body[:2000] + "-first-" + body[2000:]))
	r.String("so that the rest is added in place")
	for i := range 200 {
		r.Add(NewSecret(body[:1900] + strings.Repeat(fmt.Sprintf("-%06d", i), 5) + body[1900:]))
	}
	m := &r.registry().matcher
	tier := m.index.Load().tiers[0]
	compared := 0
	for _, m := range m.known {
		if m.id >= 0 && strings.HasPrefix(string(m.text), body[:1900]) {
			at := int(tier.windows[m.id])
			if strings.Contains(body, string(m.text[at:at+tier.shortest()])) {
				compared++
			}
		}
	}
	require.LessOrEqual(t, compared, 2*maxEntries)
}

func TestTheEndsOfALongPattern(t *testing.T) {
	value := strings.Repeat("é/+~", 50)
	r := New(NewSecret(value))
	upper := url.QueryEscape(value)
	lower := strings.ToLower(upper)
	require.Equal(t, Mask+" "+Mask, r.String(upper+" "+lower))
	for _, at := range []int{0, 7, 8, 15, len(upper) / 2, len(upper) - 16, len(upper) - 9, len(upper) - 8, len(upper) - 1} {
		near := []byte(upper)
		near[at] ^= 1
		require.NotContains(t, r.String(string(near)), Mask, "changed at %d", at)
	}
}
