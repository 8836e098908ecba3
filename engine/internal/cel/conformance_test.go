package cel

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cel.dev/expr"
	_ "cel.dev/expr/conformance/proto2" // types that the data name
	_ "cel.dev/expr/conformance/proto3" // types that the data name
	conformance "cel.dev/expr/conformance/test"
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/prototext"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// outside are the files of the conformance data that are about what an
// expression does not have: messages of protobuf beyond the well-known ones,
// containers, unknown values, the network library.
var outside = map[string]bool{
	"block_ext": true, "dynamic": true, "enums": true, "fields": true, "namespace": true, "network_ext": true,
	"proto2": true, "proto2_ext": true, "proto3": true, "type_deduction": true, "unknowns": true, "wrappers": true,
}

// asCelGo are tests that cel-go itself answers otherwise, with the options that
// it has by default.
var asCelGo = map[string]bool{
	"optionals/optionals/map_null_entry_no_such_key":    true,
	"optionals/optionals/map_present_key_invalid_field": true,
	"string_ext/value_errors/indexof_out_of_range":      true,
	"string_ext/value_errors/lastindexof_out_of_range":  true,
}

// TestCELConformance runs the public conformance data of CEL, which come with
// the Go module cel.dev/expr, through the front end of expressions.
func TestCELConformance(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "cel.dev/expr").Output()
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "tests/simple/testdata/*.textproto"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	ran := 0
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".textproto")
		if outside[name] {
			continue
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		var file conformance.SimpleTestFile
		require.NoError(t, prototext.Unmarshal(text, &file))
		for _, section := range file.GetSection() {
			for _, test := range section.GetTest() {
				full := name + "/" + section.GetName() + "/" + test.GetName()
				if asCelGo[full] || !applies(test) {
					continue
				}
				ran++
				t.Run(full, func(t *testing.T) { conforms(t, test) })
			}
		}
	}
	require.Greater(t, ran, 1000)
}

// applies reports whether a test is about an expression with macros, checked,
// in no container, over plain values.
func applies(test *conformance.SimpleTest) bool {
	switch test.GetResultMatcher().(type) {
	case *conformance.SimpleTest_Unknown, *conformance.SimpleTest_AnyUnknowns, *conformance.SimpleTest_TypedResult:
		return false
	}
	if test.GetDisableMacros() || test.GetDisableCheck() || test.GetCheckOnly() || test.GetContainer() != "" {
		return false
	}
	if strings.Contains(test.GetExpr(), "TestAllTypes") || strings.Contains(test.GetExpr(), "cel.expr") {
		return false
	}
	for name, v := range test.GetBindings() {
		if strings.Contains(name, ".") || v.GetValue().GetObjectValue() != nil {
			return false
		}
	}
	return test.GetValue().GetObjectValue() == nil
}

func conforms(t *testing.T, test *conformance.SimpleTest) {
	vars := map[string]any{}
	for name, v := range test.GetBindings() {
		vars[name] = plainValue(v.GetValue())
	}
	program, err := Compile(test.GetExpr(), eval.Limits{}, nil)
	if test.GetEvalError() != nil {
		if err == nil {
			_, err = evaluate(program, eval.Given{}, vars)
		}
		require.Error(t, err, test.GetExpr())
		return
	}
	require.NoError(t, err, test.GetExpr())
	plan, err := program.plan()
	require.NoError(t, err)
	r := &evaluation{vars: vars, program: program, adapter: program.env.adapter}
	r.start(&program.limits)
	got := r.exec(plan)
	want := ref.Val(types.True)
	if test.GetValue() != nil {
		want = program.env.adapter.NativeToValue(plainValue(test.GetValue()))
	}
	require.Equal(t, want.Type().TypeName(), got.Type().TypeName(), "%s: %v", test.GetExpr(), got)
	if d, ok := want.(types.Double); ok && d != d {
		require.NotEqual(t, got, got)
		return
	}
	require.Equal(t, types.True, want.Equal(got), "%s: %v", test.GetExpr(), got)
}

// plainValue makes a Go value of a value of the data.
func plainValue(v *expr.Value) any {
	switch k := v.GetKind().(type) {
	case *expr.Value_NullValue:
		return nil
	case *expr.Value_BoolValue:
		return k.BoolValue
	case *expr.Value_Int64Value:
		return k.Int64Value
	case *expr.Value_Uint64Value:
		return k.Uint64Value
	case *expr.Value_DoubleValue:
		return k.DoubleValue
	case *expr.Value_StringValue:
		return k.StringValue
	case *expr.Value_BytesValue:
		return k.BytesValue
	case *expr.Value_TypeValue:
		return cel.ObjectType(k.TypeValue)
	case *expr.Value_ListValue:
		list := []any{}
		for _, element := range k.ListValue.GetValues() {
			list = append(list, plainValue(element))
		}
		return list
	case *expr.Value_MapValue:
		object := map[any]any{}
		for _, entry := range k.MapValue.GetEntries() {
			object[plainValue(entry.GetKey())] = plainValue(entry.GetValue())
		}
		return object
	}
	return nil
}
