package engine_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sotto-render/sotto/engine"
)

// Escapes and raw blocks cut the text into many pieces; joining them must not
// cost more than their length.
func TestManyPiecesOfText(t *testing.T) {
	for _, piece := range []string{`\<<`, `\<<a`, "a{% raw %}b{% endraw %}"} {
		source := strings.Repeat(piece, 1_000_000/len(piece))
		start := time.Now()
		template, err := engine.Compile(source, engine.TemplateOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s: compiling took %v", piece, took)
		}
		out, err := template.Render(context.Background(), &engine.Request{})
		if err != nil {
			t.Fatal(err)
		}
		want := strings.NewReplacer(`\`, "", "{% raw %}", "", "{% endraw %}", "").Replace(source)
		if out.Reveal() != want {
			t.Errorf("%s: the text is not whole", piece)
		}
	}
}
