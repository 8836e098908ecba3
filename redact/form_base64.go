package redact

import (
	"bytes"
	"encoding/base64"
)

// base64 adds both alphabets at each of the three places where the text may
// begin within a longer one that is encoded. The characters that depend on the
// text alone have to match. If the text is the end, the character that holds
// its last bits follows, and padding or none: they are masked if they are there.
func (f *forms) base64(text string) {
	padded := append(make([]byte, 2, 2+len(text)), text...)
	var scratch []byte
	for shift := range 3 {
		source := padded[2-shift:]
		// Characters that hold bits of the bytes before the text.
		skip := (shift*8 + 5) / 6
		need := len(source)*8/6 - skip
		scratch = base64.StdEncoding.AppendEncode(scratch[:0], source)
		encoded := scratch[skip:]
		if need = max(need, shortestForm); need > len(encoded) {
			continue
		}
		f.buf = append(f.buf, encoded...)
		f.keep(need, false)
		if bytes.ContainsAny(encoded, "+/") {
			f.buf = append(f.buf, base64.URLEncoding.AppendEncode(scratch[:0], source)[skip:]...)
			f.keep(need, false)
		}
	}
}
