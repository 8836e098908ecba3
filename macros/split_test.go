package macros

import (
	"strings"
	"testing"
)

// scanned is Parse without fasttemplate.
func scanned(source string) (*Template, error) {
	p := newParser(source, Macros)
	b := p.openBody()
	p.region(&b)
	if p.failed {
		return nil, p.mistake.located(NewPlaces(source))
	}
	return &Template{Source: source, Syntax: Macros, Nodes: p.closeBody(b), References: p.references}, nil
}

// checkSplit asserts that the scanner alone reads source as Parse does.
func checkSplit(t *testing.T, source string) {
	t.Helper()
	if at, _ := InvalidUTF8(source); at >= 0 {
		return
	}
	want, wantErr := scanned(source)
	got, err := Parse(source, Macros)
	if (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
		t.Fatalf("%q: %v, and the scanner says %v", source, err, wantErr)
	}
	if err != nil {
		return
	}
	if got.String() != want.String() || len(got.References) != len(want.References) || len(got.Nodes) != len(want.Nodes) {
		t.Fatalf("%q is read as %q, and by the scanner as %q", source, got.String(), want.String())
	}
	for i, ref := range got.References {
		if ref.Pos != want.References[i].Pos || ref.Alias != want.References[i].Alias {
			t.Fatalf("%q: reference %d is at %d, and by the scanner at %d", source, i, ref.Pos, want.References[i].Pos)
		}
	}
}

var splitSeeds = []string{
	"", "text", "Hi <<name>>, <<Secrets.a-b.c>>!", "a << b >> c <<x | default: 1>>", `\<<a>> \\<<b>> \\\<<c>>`, "<<<a>>>", "<<a>>>> <<", ">> <<a", "<<secrets.",
	`<<a | default: "x >> y">> <<b>>`, "<<a | default: <<b>>>>", "1 << 2 <<name>>", "<<1>>\\<<a>>", "<<a\n| upcase>> {{ x }} {% y %}", "<<secrets.x y>>", "<< a>><<b >>",
	`<<a | default: "B <<Secrets.k>>">>`, "<<é>> <<a>>", "x <<EOF\n<<name>>\nEOF", "<<a.b[0]>><<[a]>><<>>",
}

// TestSplitAgrees: fasttemplate changes the speed of reading macros and nothing else.
func TestSplitAgrees(t *testing.T) {
	pieces := []string{"<<", ">>", "<", ">", `\`, `"`, "'", "a", "secrets.k", " | default: ", "1", " ", "\n", "{{ a }}", "é"}
	state := uint32(7)
	next := func(n int) int {
		state = state*1664525 + 1013904223
		return int(state>>8) % n
	}
	for _, source := range splitSeeds {
		checkSplit(t, source)
	}
	for range 50_000 {
		var b strings.Builder
		for range 1 + next(14) {
			b.WriteString(pieces[next(len(pieces))])
		}
		checkSplit(t, b.String())
	}
}

func FuzzSplit(f *testing.F) {
	for _, source := range splitSeeds {
		f.Add(source)
	}
	f.Fuzz(checkSplit)
}
