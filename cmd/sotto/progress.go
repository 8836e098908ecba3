package main

import (
	"fmt"

	"github.com/sotto-render/sotto/resolver/store"
)

// progress tells on stderr how far long work is: each step on a terminal, else
// nothing until it is done.
type progress struct {
	app  *app
	what string
	live bool
	// open says that the line on the terminal has not ended.
	open bool
}

// tracked does work that takes long, and tells how far it is.
func (a *app) tracked(what string, work func(store.Progress) error) error {
	p := &progress{app: a, what: what, live: isTerminal(a.stderr)}
	defer p.end()
	return work(p.tell)
}

// tell is a [store.Progress]. Of work whose total nobody knows, which is 0, it
// tells what is done.
func (p *progress) tell(done, total int) {
	text := fmt.Sprintf("%s %d", p.what, done)
	if total > 0 {
		text = fmt.Sprintf("%s of %d", text, total)
	}
	switch {
	case p.live:
		p.app.print("\r" + text)
		p.open = true
	case done == total:
		p.app.print(text + "\n")
	}
}

// end leaves the terminal on a line of its own.
func (p *progress) end() {
	if p.open {
		p.app.print("\n")
		p.open = false
	}
}
