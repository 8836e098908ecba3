package escape

import (
	"slices"
	"strings"
)

// Transition is what follows a piece of the template.
type Transition struct {
	// States are those behind it.
	States States
	// Escaper is how a value is escaped.
	Escaper Escaper
	// Unsure says that only the finished output shows whether it is JSON.
	Unsure bool
	// Stuck says why no state leads on, and At is the byte of the text from
	// which none does. It is a mistake only if no other branch of the template
	// leads to the end either.
	Stuck string
	At    int
	// Problem says why no value may stand here, whatever it is, or why the text may
	// not stand behind the value before it.
	Problem string
	// Scheme says that the value may become a part of a URL's scheme, which the
	// finished output shows: see [Scanner.Finish].
	Scheme bool
}

// Literal follows a text that is printed as it is.
func (s States) Literal(c Context, text string) Transition {
	if text == "" || s.Dead() {
		return Transition{States: s}
	}
	if c == InURL {
		list := slices.Clone(s.list)
		for i := range list { // in a URL no text is a mistake, so each state leads on
			list[i].url.read([]byte(text))
		}
		return Transition{States: States{list: unique(list), any: s.any}}
	}
	if c == InHTML {
		var out Transition
		list := slices.Clone(s.list)
		for i := range list { // nor is any text in HTML
			if list[i].html.read(text, false) {
				out.Problem = bringsScheme
			}
			list[i].html.forget()
		}
		out.States = States{list: unique(list), any: s.any}
		return out
	}
	if s.any {
		return Transition{States: s}
	}
	var out Transition
	rest := s.list[:0:0]
	for _, at := range s.list {
		if at.inserted && strings.IndexByte("0123456789.eE+-", text[0]) >= 0 {
			// The value may be a number that these digits go on, or a string
			// that they stand behind: from here on only the output tells.
			return Transition{States: Unknown(), Unsure: true}
		}
		// Text with no digit in front ends what the value may have left open.
		at.inserted = false
		read := at.json.readAll(text)
		if at.json.phase == broken {
			// Another branch may still be right, so this alone is no mistake. But
			// rendering may take this one, which only the output shows.
			out.At = max(out.At, read)
			out.Unsure = true
			continue
		}
		rest = append(rest, at)
	}
	if len(rest) == 0 {
		out.Stuck = "this can never be JSON: look at the quotes, commas and brackets before it"
	}
	out.States.list = unique(rest)
	return out
}

// Value follows a value that is printed and decides its escaper.
func (s States) Value(c Context, following Following) Transition {
	switch {
	case s.any || s.Dead():
		return Transition{States: s, Escaper: Live, Unsure: c == InJSON, Scheme: c == InURL || c == InHTML}
	case c == InURL:
		return s.urlValue(following)
	case c == InHTML:
		return s.htmlValue(following)
	}
	return s.jsonValue()
}

func (s States) jsonValue() Transition {
	var out Transition
	agree := true
	rest := s.list[:0:0]
	for _, at := range s.list {
		e, ok := at.json.escaper()
		if !ok {
			out.Unsure = true
			continue
		}
		agree = agree && (len(rest) == 0 || e == out.Escaper)
		out.Escaper = e
		switch at.json.phase {
		case inString:
		case atValue, atFirstItem:
			// A list or an object is printed whole, so behind each value it is
			// the same, but for a number that may go on.
			at.json.phase, at.inserted = behindValue, true
		case atKey, atFirstKey:
			at.json.phase = atColon
		default:
			// Digits of a number, or a value right behind a value: two numbers
			// may be one, and what is printed decides.
			return Transition{States: Unknown(), Escaper: Live, Unsure: true}
		}
		rest = append(rest, at)
	}
	if len(rest) == 0 {
		out.Stuck = noValueHere
	}
	out.States.list = unique(rest)
	if !agree {
		// A key, a string's text and a value differ in their quotes: which of
		// them it is, only the branch that was rendered tells.
		out.Escaper, out.Unsure = Live, true
	}
	return out
}

func (s States) urlValue(following Following) Transition {
	scheme := slices.ContainsFunc(s.list, func(at state) bool { return at.url.phase == urlStart || at.url.phase == urlFirst })
	out := s.inserted(Live, func(at *state) (Escaper, string) {
		e, problem := at.url.escaper(following), at.url.forbids()
		at.url.insert()
		if e == urlForbidden {
			return e, problem
		}
		return e, ""
	})
	out.Scheme = scheme
	return out
}

func (s States) htmlValue(following Following) Transition {
	return s.inserted(htmlByOutput, func(at *state) (Escaper, string) {
		e, problem := at.html.escaper(following)
		at.html.insert(following.Raw)
		return e, problem
	})
}

// inserted follows a value from each state by insert, which moves the state on and
// returns the escaper that it asks for, or why no value may stand there. One state
// that refuses is enough: a render may come here by it, and in a URL the value would
// choose the host. Where the states ask for several escapers, it is otherwise.
func (s States) inserted(otherwise Escaper, insert func(at *state) (e Escaper, problem string)) Transition {
	var out Transition
	list := slices.Clone(s.list)
	for i := range list {
		e, problem := insert(&list[i])
		if problem != "" {
			out.Problem = problem
		}
		switch {
		case i == 0:
			out.Escaper = e
		case e != out.Escaper:
			out.Escaper = otherwise
		}
	}
	out.States.list = unique(list)
	return out
}
