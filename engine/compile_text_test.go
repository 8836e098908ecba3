package engine_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sotto-render/sotto/engine"
)

// Each missing secret has a place, and finding it must not cost more the
// further away it is.
func TestManyMissingSecrets(t *testing.T) {
	template, err := engine.Compile(strings.Repeat("<<secrets.a>>", 80_000), engine.TemplateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	_, err = template.Render(context.Background(), &engine.Request{Secrets: engine.Map{}})
	var e *engine.Error
	if !errors.As(err, &e) || len(e.Details) != 80_000 || e.Details[79_999].Column != 79_999*13+3 {
		t.Fatalf("got %T with %d details", err, len(e.Details))
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

// Escapes and raw blocks cut the text into many pieces; joining them must not
// cost more than their length.
func TestManyPiecesOfText(t *testing.T) {
	for _, piece := range []string{`\<<`, `\<<a`, "a{% raw %}b{% endraw %}"} {
		t.Run(piece, func(t *testing.T) {
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
		})
	}
}
