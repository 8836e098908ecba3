package engine_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

// TestNothingPreparedShowsAValue walks what a program may keep, and print by
// accident, as debug printers do: through pointers, interfaces and unexported
// fields.
func TestNothingPreparedShowsAValue(t *testing.T) {
	ctx := context.Background()
	req := &engine.Request{Secrets: canary.secrets(), Vars: leakVars}
	const text = "`${secrets.token} ${secrets.login.password} ${secrets.cfg} ${secrets.cfg.text}`"
	e, err := engine.CompileExpression(text, engine.ExpressionOptions{})
	require.NoError(t, err)
	prepared, err := e.Prepare(ctx, req)
	require.NoError(t, err)
	result, err := prepared.Evaluate(leakVars)
	require.NoError(t, err)
	require.Contains(t, result.Value.Reveal(), canary.token)
	loop, err := engine.CompileExpression("secrets.cfg.list.map(x, x + secrets.token)", engine.ExpressionOptions{})
	require.NoError(t, err)
	list, err := loop.Evaluate(ctx, req)
	require.NoError(t, err)
	tpl, err := engine.Compile("<<secrets.token>> {{ secrets.cfg.text | upcase }}", engine.TemplateOptions{})
	require.NoError(t, err)
	batch, err := tpl.Prepare(ctx, req)
	require.NoError(t, err)
	output, err := tpl.Render(ctx, req)
	require.NoError(t, err)
	for name, v := range map[string]any{
		"expression": e, "prepared expression": prepared, "prepared expression by value": *prepared, "result": result, "list": list,
		"template": tpl, "prepared template": batch, "output": output, "struct": struct{ a, b any }{prepared, &result},
	} {
		shown := fmt.Sprintf("%v %+v %#v %s", v, v, v, v) + reflected(reflect.ValueOf(v), map[unsafe.Pointer]bool{})
		requireClean(t, name, text, shown)
	}
}

// reflected returns all texts that reflection finds in v.
func reflected(v reflect.Value, seen map[unsafe.Pointer]bool) string {
	var b strings.Builder
	switch v.Kind() {
	case reflect.String:
		return v.String() + "\n"
	case reflect.Pointer:
		if p := v.UnsafePointer(); p != nil && !seen[p] {
			seen[p] = true
			b.WriteString(reflected(v.Elem(), seen))
		}
	case reflect.Interface:
		if !v.IsNil() {
			b.WriteString(reflected(v.Elem(), seen))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			b.WriteString(reflected(v.Field(i), seen))
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			b.WriteString(reflected(v.Index(i), seen))
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			b.WriteString(reflected(it.Key(), seen) + reflected(it.Value(), seen))
		}
	}
	return b.String()
}
