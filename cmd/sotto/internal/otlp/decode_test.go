package otlp_test

import (
	"encoding/hex"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
)

// decoded is a span as opentelemetry.proto has it.
type decoded struct {
	trace, id, parent, name string
	kind, start, end        uint64
	status                  uint64
	attributes              map[string]any
}

// field is one of a message: a number, or bytes.
type field struct {
	bytes  []byte
	number uint64
}

// fields splits a message by the numbers of its fields, each of which has to be of the wire
// type that wire names for it.
func fields(t *testing.T, b []byte, wire map[protowire.Number]protowire.Type) map[protowire.Number][]field {
	t.Helper()
	all := make(map[protowire.Number][]field)
	for len(b) > 0 {
		n, kind, size := protowire.ConsumeTag(b)
		require.Positive(t, size)
		expected, known := wire[n]
		require.True(t, known, "field %d", n)
		require.Equal(t, expected, kind, "field %d", n)
		b = b[size:]
		var f field
		switch kind {
		case protowire.VarintType:
			f.number, size = protowire.ConsumeVarint(b)
		case protowire.Fixed64Type:
			f.number, size = protowire.ConsumeFixed64(b)
		default:
			f.bytes, size = protowire.ConsumeBytes(b)
		}
		require.Positive(t, size)
		all[n] = append(all[n], f)
		b = b[size:]
	}
	return all
}

const (
	bytesType  = protowire.BytesType
	varintType = protowire.VarintType
	fixedType  = protowire.Fixed64Type
)

type wires = map[protowire.Number]protowire.Type

// decode reads an ExportTraceServiceRequest.
func decode(t *testing.T, body []byte) (resource map[string]any, spans []decoded) {
	t.Helper()
	request := fields(t, body, wires{1: bytesType})
	require.Len(t, request[1], 1)
	ofResource := fields(t, request[1][0].bytes, wires{1: bytesType, 2: bytesType})
	resource = attributes(t, fields(t, ofResource[1][0].bytes, wires{1: bytesType})[1])
	require.Len(t, ofResource[2], 1)
	scope := fields(t, ofResource[2][0].bytes, wires{1: bytesType, 2: bytesType})
	require.NotEmpty(t, fields(t, scope[1][0].bytes, wires{1: bytesType})[1])
	for _, f := range scope[2] {
		s := fields(t, f.bytes, wires{1: bytesType, 2: bytesType, 4: bytesType, 5: bytesType, 6: varintType, 7: fixedType, 8: fixedType, 9: bytesType, 15: bytesType})
		span := decoded{
			trace: hex.EncodeToString(s[1][0].bytes), id: hex.EncodeToString(s[2][0].bytes), name: string(s[5][0].bytes),
			kind: s[6][0].number, start: s[7][0].number, end: s[8][0].number, attributes: attributes(t, s[9]),
		}
		if len(s[4]) > 0 {
			span.parent = hex.EncodeToString(s[4][0].bytes)
		}
		if len(s[15]) > 0 {
			span.status = fields(t, s[15][0].bytes, wires{3: varintType})[3][0].number
		}
		spans = append(spans, span)
	}
	return resource, spans
}

func attributes(t *testing.T, list []field) map[string]any {
	t.Helper()
	all := make(map[string]any)
	for _, f := range list {
		pair := fields(t, f.bytes, wires{1: bytesType, 2: bytesType})
		value := fields(t, pair[2][0].bytes, wires{1: bytesType, 2: varintType, 3: varintType, 4: fixedType})
		require.Len(t, value, 1)
		key := string(pair[1][0].bytes)
		for n, v := range value {
			switch n {
			case 1:
				all[key] = string(v[0].bytes)
			case 2:
				all[key] = v[0].number == 1
			case 3:
				all[key] = int64(v[0].number)
			case 4:
				all[key] = math.Float64frombits(v[0].number)
			}
		}
	}
	return all
}
