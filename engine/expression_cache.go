package engine

import (
	"strings"
	"sync"

	"github.com/sotto-render/sotto/internal/sourcecache"
)

// ExpressionCache keeps compiled expressions by their source and language, so that one that
// comes with every request is compiled once. It is bounded and safe for
// concurrent use. The zero ExpressionCache is ready, with the defaults of its
// fields.
type ExpressionCache struct {
	// Bytes is about how much memory is taken; 16 MiB.
	Bytes int
	// Limits are those of every expression of the cache.
	Limits ExpressionLimits
	// Functions are those of the Go program, for every expression of the cache;
	// nil for none.
	Functions *Functions

	once sync.Once
	kept *sourcecache.Cache[expressionKey, *Expression]
}

// expressionKey is what an expression depends on besides its source.
type expressionKey struct {
	language  Language
	functions *Functions
}

const defaultExpressionBytes = 16 << 20

// Compile returns the expression that [CompileExpression] makes, from the cache
// where it can.
func (c *ExpressionCache) Compile(source string, language Language) (*Expression, error) {
	c.once.Do(func() {
		c.kept = sourcecache.New[expressionKey, *Expression](orDefault(c.Bytes, defaultExpressionBytes))
	})
	key := expressionKey{language.expression(), c.Functions}
	if e, ok := c.kept.Get(source, key); ok {
		return e, nil
	}
	// The source may be a piece of something that must not live on.
	source = strings.Clone(source)
	e, err := CompileExpression(source, ExpressionOptions{Language: key.language, Limits: c.Limits, Functions: c.Functions})
	if err != nil {
		return nil, err
	}
	c.kept.Set(source, key, e, e.Size())
	return e, nil
}
