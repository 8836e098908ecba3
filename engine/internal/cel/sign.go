package cel

// cel-go's parser drops an even number of `!` or `-` before it, and with them the
// check of what stands behind: `!!"text"` would be a text. The rewriter puts what
// stands behind the last of them in brackets, so that two operators are left.

// doublesSign reports whether the token at i is the last of an even number of
// signs before a value.
func (r *rewritten) doublesSign(i int) bool {
	sign := r.source[r.tokens[i].pos]
	if sign != '!' && sign != '-' || i+1 < len(r.tokens) && (r.isPunct(i+1, sign) || r.isPunct(i+1, '=')) {
		return false
	}
	first := i
	for first > 0 && r.isPunct(first-1, sign) {
		first--
	}
	n := i - first + 1
	if sign == '-' && first > 0 && r.endsValue(first-1) {
		n-- // the first of them subtracts
	}
	return n > 0 && n%2 == 0
}

func (r *rewritten) isPunct(i int, c byte) bool {
	return i < len(r.tokens) && r.tokens[i].kind == punct && r.source[r.tokens[i].pos] == c
}

// endsValue reports whether a value ends with the token at i.
func (r *rewritten) endsValue(i int) bool {
	switch t := r.tokens[i]; t.kind {
	case punct, templateHead, templateMiddle:
		return t.closes(r.source)
	case word:
		return r.source[t.pos:t.end] != "in"
	}
	return true
}

// operandEnd returns the last token of the operand of a sign, which starts with
// the token at i.
func (r *rewritten) operandEnd(i int) int {
	for r.isPunct(i, '.') || r.isPunct(i, '-') {
		i++
	}
	last := len(r.tokens) - 1
	if i > last {
		return last
	}
	i = max(i, r.tokens[i].match)
	for i < last {
		switch {
		case r.isPunct(i+1, '.') && r.isPunct(i+2, '?'):
			i += 3
		case r.isPunct(i+1, '.'):
			i += 2
		case r.isPunct(i+1, '('), r.isPunct(i+1, '['), r.isPunct(i+1, '{'):
			i = r.tokens[i+1].match
		default:
			return i
		}
	}
	return last
}
