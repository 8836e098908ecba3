package liquid

import (
	"iter"
	"strings"

	"github.com/sotto-render/sotto/engine/internal/escape"
)

// replaceAll is `replace` and, without a replacement, `remove`.
func replaceAll(c *call, in value, args []value) value {
	s, old, with := in.string(), args[0].string(), replacement(args)
	if grown := len(s) + strings.Count(s, old)*(len(with.string())-len(old)); grown > c.limits.OutputBytes {
		c.spend(grown)
		return value{}
	}
	if hasBackslash(with) {
		return c.expanded(in, occurrences(s, old), with)
	}
	return c.edit(in, occurrences(s, old), with)
}

// replacing builds a filter that replaces what find finds.
func replacing(find func(s, old string) int) func(*call, value, []value) value {
	return func(c *call, in value, args []value) value {
		return c.edit(in, once(find, in.string(), args[0].string()), replacement(args))
	}
}

// replaceFirst is `replace_first`, which reads backslashes as `replace` does;
// `replace_last` does not.
func replaceFirst(c *call, in value, args []value) value {
	found, with := once(strings.Index, in.string(), args[0].string()), replacement(args)
	if hasBackslash(with) {
		return c.expanded(in, found, with)
	}
	return c.edit(in, found, with)
}

// once yields what find finds of old in s.
func once(find func(s, old string) int, s, old string) iter.Seq[escape.Span] {
	return func(yield func(escape.Span) bool) {
		if at := find(s, old); at >= 0 {
			yield(escape.Span{From: at, To: at + len(old)})
		}
	}
}

// replacement is what `replace` puts, and `remove` does not.
func replacement(args []value) value {
	if len(args) > 1 {
		return args[1]
	}
	return value{}
}

// hasBackslash reports whether a backslash in the replacement means something.
// In one that depends on a secret it does not: a key is sent as it is.
func hasBackslash(with value) bool {
	return with.taint == nil && strings.IndexByte(with.string(), '\\') >= 0
}

// expanded replaces what found yields, in order, and reads the backslashes of
// the replacement as Ruby's gsub does: two are one, `\0` and `\&` are what is
// replaced, \` and \' what stands before and behind it, `\1` to `\9` and `\+`
// nothing. Any other backslash stands for itself.
func (c *call) expanded(in value, found iter.Seq[escape.Span], with value) value {
	e := c.editor(in)
	source, template := e.Source(), with.string()
	for s := range found {
		e.Keep(e.At(), s.From)
		e.Skip(s.To)
		literal := 0
		for i := 0; i+1 < len(template); i++ {
			if template[i] != '\\' {
				continue
			}
			var put value
			switch next := template[i+1]; {
			case next == '\\':
				put = c.cut(with, i, i+1)
			case next == '0', next == '&':
				put = c.cut(in, s.From, s.To)
			case next == '`':
				put = c.cut(in, 0, s.From)
			case next == '\'':
				put = c.cut(in, s.To, len(source))
			case next == '+', '1' <= next && next <= '9':
			default:
				continue
			}
			e.Insert(c.text(c.cut(with, literal, i)))
			e.Insert(c.text(put))
			i++
			literal = i + 1
		}
		e.Insert(c.text(c.cut(with, literal, len(template))))
		// What is too long is refused once it is whole, and not made any longer.
		if e.Len() > c.limits.OutputBytes {
			return textOf(e.Text())
		}
	}
	e.Keep(e.At(), len(source))
	return textOf(e.Text())
}
