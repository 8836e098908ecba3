package liquid

// numberFilters compute in exact decimals, and in integers where both sides
// are integers.
var numberFilters = map[string]*filter{
	"abs":        unary(number.abs),
	"ceil":       unary(number.ceil),
	"floor":      unary(number.floor),
	"plus":       binary(number.plus),
	"minus":      binary(func(n, m number) number { return n.plus(m.negated()) }),
	"times":      binary(number.times),
	"at_least":   binary(func(n, m number) number { return pick(n, m, n.compare(m) >= 0) }),
	"at_most":    binary(func(n, m number) number { return pick(n, m, n.compare(m) <= 0) }),
	"divided_by": division(number.dividedBy),
	"modulo":     division(number.modulo),
	"round":      {run: round},
}

func pick(n, m number, first bool) number {
	if first {
		return n
	}
	return m
}

func unary(run func(number) number) *filter {
	return &filter{run: func(_ *call, in value, _ []value) value { return run(in.number()).value() }}
}

func binary(run func(n, m number) number) *filter {
	return &filter{run: func(c *call, in value, args []value) value {
		return c.result(run(in.number(), args[0].number()))
	}}
}

func division(run func(n, m number) number) *filter {
	return &filter{run: func(c *call, in value, args []value) value {
		by := args[0].number()
		if by.sign() == 0 {
			return c.reject("division by zero")
		}
		return c.result(run(in.number(), by))
	}}
}

func (c *call) result(n number) value {
	if n.tooLarge() {
		return c.reject("the number is too large")
	}
	return n.value()
}

func round(_ *call, in value, args []value) value {
	digits := int64(0)
	if len(args) > 0 {
		digits = args[0].number().truncated().small
	}
	return in.number().round(digits).value()
}
