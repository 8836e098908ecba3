package benchmarks

import (
	"testing"

	"github.com/sotto-render/sotto/macros"
	"github.com/valyala/fasttemplate"
)

// BenchmarkSplit reads a message whose only forms are `<<...>>`. fasttemplate
// finds the delimiters and leaves what is between them unread; sotto's parser
// checks it, and knows which references there are and where.
func BenchmarkSplit(b *testing.B) {
	text := spell(notification, "<<%s>>", "<<Secrets.%s>>")
	b.Run("1KiB/sotto", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			t, err := macros.Parse(text, macros.Macros)
			if err != nil {
				b.Fatal(err)
			}
			if len(t.References) != len(notificationSecrets) {
				b.Fatal("references are missing")
			}
		}
	})
	b.Run("1KiB/fasttemplate", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := fasttemplate.NewTemplate(text, "<<", ">>"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
