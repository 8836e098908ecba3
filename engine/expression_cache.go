package engine

// ExpressionCache keeps compiled expressions by their source, so that one that
// comes with every request is compiled once. It is bounded and safe for
// concurrent use. The zero ExpressionCache is ready, with the defaults of its
// fields.
type ExpressionCache struct {
	// Bytes is about how much memory is taken; 16 MiB.
	Bytes int
	// Limits are those of every expression of the cache.
	Limits ExpressionLimits

	kept generations[string, *Expression]
}

// What a compiled expression takes, at least and for each byte of its source.
const (
	programBytes       = 16 << 10
	programBytesOfByte = 256
)

// Compile returns the expression that [CompileExpression] makes, from the cache
// where it can.
func (c *ExpressionCache) Compile(source string) (*Expression, error) {
	if e, ok := c.kept.get(source); ok {
		return e, nil
	}
	e, err := CompileExpression(source, ExpressionOptions{Limits: c.Limits})
	if err != nil {
		return nil, err
	}
	c.kept.set(source, e, programBytes+programBytesOfByte*len(source), c.Bytes)
	return e, nil
}
