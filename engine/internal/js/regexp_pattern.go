package js

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

var errRegexSize error = eval.ErrRegexSize

// patternKey is what a pattern is compiled from.
type patternKey struct{ source, flags string }

// pattern is a compiled regular expression, safe for concurrent use.
type pattern struct {
	patternKey
	global, ignoreCase, multiline, dotAll, unicode, sticky, indices bool
	// search finds the first match in a text from its start; after finds it in
	// one from its second character, where the first is what stands before.
	// They are the same where nothing in the pattern looks back.
	search, after *regexp.Regexp
	looksBack     bool
	// names are those of the groups, "" for one without.
	names []string
	named bool
	// size is the number of instructions.
	size int
}

// What compiling a pattern takes, as measured.
const (
	patternBytes     = 2 << 10
	instructionBytes = 640
)

// compilePattern compiles a regular expression of at most limit instructions. The
// error is a SyntaxError, or a limit.
func compilePattern(source, flags string, limit int) (*pattern, error) {
	p := &pattern{patternKey: patternKey{source, flags}}
	for i, c := range flags {
		if strings.ContainsRune(flags[:i], c) || !p.setFlag(c) {
			return nil, syntaxError("a regular expression has the flags d, g, i, m, s, u, v and y, each once")
		}
	}
	if strings.ContainsRune(flags, 'u') && strings.ContainsRune(flags, 'v') {
		return nil, syntaxError("a regular expression has the flag u or v, not both")
	}
	if len(source) > limit*4 {
		return nil, errRegexSize
	}
	translated, names, err := translate(source, p.unicode, p.dotAll, p.ignoreCase)
	if err != nil {
		return nil, err
	}
	p.names = names
	for _, name := range names {
		p.named = p.named || name != ""
	}
	mode := ""
	if p.ignoreCase && p.unicode {
		mode += "i"
	}
	if p.multiline {
		mode += "m"
	}
	if mode != "" {
		translated = "(?" + mode + ":" + translated + ")"
	}
	return p, p.compile(translated, limit)
}

func (p *pattern) setFlag(c rune) bool {
	switch c {
	case 'g':
		p.global = true
	case 'i':
		p.ignoreCase = true
	case 'm':
		p.multiline = true
	case 's':
		p.dotAll = true
	case 'u', 'v':
		p.unicode = true
	case 'y':
		p.sticky = true
	case 'd':
		p.indices = true
	default:
		return false
	}
	return true
}

func (p *pattern) compile(translated string, limit int) error {
	parsed, err := syntax.Parse(translated, syntax.Perl)
	var invalid *syntax.Error
	switch {
	case errors.As(err, &invalid) && (invalid.Code == syntax.ErrLarge || invalid.Code == syntax.ErrNestingDepth || invalid.Code == syntax.ErrInvalidRepeatSize):
		return errRegexSize
	case err != nil:
		return errPattern
	}
	p.looksBack = looksBack(parsed)
	// Before it is compiled, which takes memory by the size.
	if instructions(parsed, 2*limit) > 2*limit {
		return errRegexSize
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return errPattern
	}
	if p.size = len(program.Inst); p.size > limit {
		return errRegexSize
	}
	first, later := translated, `\A(?s:.)(?s:.*?)(`+translated+`)`
	if p.sticky {
		first, later = `\A(?:`+translated+`)`, `\A(?s:.)(`+translated+`)`
	}
	if p.search, err = regexp.Compile(first); err != nil {
		return errPattern
	}
	if !p.looksBack {
		return nil
	}
	if p.after, err = regexp.Compile(later); err != nil {
		return errPattern
	}
	return nil
}

// instructions returns about how many instructions a pattern compiles to: at least
// half of them, and no more than enough over most.
func instructions(re *syntax.Regexp, most int) int {
	n := 1 + len(re.Rune)/8
	if re.Op == syntax.OpLiteral {
		n = len(re.Rune)
	}
	for _, sub := range re.Sub {
		if n += instructions(sub, most); n > most {
			return n
		}
	}
	if re.Op == syntax.OpRepeat {
		n *= max(re.Min, re.Max, 1)
	}
	return n
}

// looksBack reports whether what stands before a place may decide about a match
// there.
func looksBack(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginLine, syntax.OpBeginText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return true
	}
	for _, sub := range re.Sub {
		if looksBack(sub) {
			return true
		}
	}
	return false
}

// patternFor returns the pattern of an expression that makes it while it runs. One
// evaluation compiles each once.
func (vm *machine) patternFor(source, flags string) (*pattern, error) {
	key := patternKey{source, flags}
	if p := vm.patterns[key]; p != nil {
		return p, vm.step(1)
	}
	limit := eval.DefaultLimits.Regex
	if vm.limits != nil {
		limit = vm.limits.Regex
	}
	// A pattern that is too large is refused while it is parsed, in time that
	// grows with its length.
	if err := vm.charge(patternBytes + 64*int64(min(len(source), 4*limit))); err != nil {
		return nil, err
	}
	p, err := compilePattern(source, flags, limit)
	if err != nil {
		return nil, err
	}
	if err := vm.charge(int64(p.size) * instructionBytes); err != nil {
		return nil, err
	}
	if vm.patterns == nil {
		vm.patterns = make(map[patternKey]*pattern)
	}
	vm.patterns[key] = p
	return p, nil
}
