package index

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

func TestEveryPatternIsFoundAtEveryOffset(t *testing.T) {
	for seed := range uint64(60) {
		w := world{rand.New(rand.NewPCG(seed, 7))}
		m := new(Matcher)
		for _, value := range w.values() {
			m.Add(spelled(value))
		}
		spansOf(m, nil, Edge{})
		for _, member := range m.members {
			if tierFor(member.Pattern) == words {
				continue
			}
			for offset := range 20 {
				text := append(append(make([]byte, offset), member.text...), 0, 0, 0)
				found := spansOf(m, text, Edge{})
				require.Equal(t, []Span{{offset, offset + len(member.text)}}, found, "seed %d: %q", seed, member.text)
			}
		}
	}
}

func TestValuesThatShareALongPart(t *testing.T) {
	w := world{rand.New(rand.NewPCG(8, 9))}
	body := w.text(alphanumeric, 3000)
	for name, value := range map[string]func(i int) string{
		"inside":  func(i int) string { return body[:i*7] + fmt.Sprint(i) + body[i*7:] },
		"before":  func(i int) string { return fmt.Sprint(i) + "-" + body },
		"after":   func(i int) string { return body + fmt.Sprintf("-%06d", i) },
		"changed": func(i int) string { return body[:i*3] + "~" + body[i*3+1:1500+i] + "~" + body[1501+i:] },
		"nested":  func(i int) string { return body[i:] },
		"cut":     func(i int) string { return body[:2000+i] },
	} {
		t.Run(name, func(t *testing.T) {
			var values []string
			for i := range 150 {
				values = append(values, value(i))
			}
			m := matcherOf(values...)
			near := body[:1500] + "!" + body[1501:] // no value, but it holds the start of all
			require.Equal(t, near[400:1990], masked(m, near[400:1990]))
			for i, value := range values {
				text := near[400:1900] + "<" + value + ">" + near[500:1800]
				require.Equal(t, near[400:1900]+"<"+mask+">"+near[500:1800], masked(m, text), "value %d", i)
				text = strings.ToUpper(value)
				require.Equal(t, text, masked(m, text), "value %d", i)
			}
		})
	}
}

func TestAShortPatternThatIsAnEscape(t *testing.T) {
	m := matcherOf("%Aa", "%4c")
	require.Equal(t, "# # # %Aab %4", masked(m, "%Aa %aA %4C %Aab %4"))
}

// What an automaton takes for the same letter in either case is ASCII: in other
// encodings the bit of case tells characters apart.
func TestAnAutomatonFoldsASCIIAlone(t *testing.T) {
	m := matcherOf(strings.Repeat("\xc9%2f", 20))
	require.Equal(t, mask, masked(m, strings.Repeat("\xc9%2F", 20)))
	require.EqualValues(t, -1, m.members[0].id, "an automaton looks for it")
	other := strings.Repeat("\xe9%2f", 20)
	require.Equal(t, other, masked(m, other))
}

// However values come, few automata run: each reads all of a hostile text.
func TestAutomataStayFewWhenValuesComeOneByOne(t *testing.T) {
	m := matcherOf("service-account-0")
	spansOf(m, nil, Edge{})
	for i := range 700 {
		m.Add(spelled(fmt.Sprintf("service-account-%04d", i)))
	}
	for _, tier := range m.index.Load().tiers {
		if tier != nil {
			require.LessOrEqual(t, len(*tier.automata.Load()), 12, "of shape %v", tier.shape)
		}
	}
	require.Equal(t, "service-account-x #", masked(m, "service-account-x service-account-0699"))
}

// Values that come one by one take windows that the ones before do not hold: a
// text of what all share is compared with few of them.
func TestWindowsOfLongValuesThatComeOneByOne(t *testing.T) {
	w := world{rand.New(rand.NewPCG(4, 9))}
	body := w.text(alphanumeric, 4000)
	m := new(Matcher)
	m.Add(spelled(body[:2000] + "-first-" + body[2000:]))
	spansOf(m, nil, Edge{})
	for i := range 200 {
		m.Add(spelled(body[:1900] + strings.Repeat(fmt.Sprintf("-%06d", i), 5) + body[1900:]))
	}
	tier := m.index.Load().tiers[0]
	compared := 0
	for _, m := range m.members {
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
	upper := url.QueryEscape(strings.Repeat("é/+~", 50))
	m := matcherOf(upper)
	require.Equal(t, "# #", masked(m, upper+" "+strings.ToLower(upper)))
	for _, at := range []int{0, 7, 8, 15, len(upper) / 2, len(upper) - 16, len(upper) - 9, len(upper) - 8, len(upper) - 1} {
		t.Run(fmt.Sprint("changed at ", at), func(t *testing.T) {
			near := []byte(upper)
			near[at] ^= 1
			require.NotContains(t, masked(m, string(near)), mask)
		})
	}
}
