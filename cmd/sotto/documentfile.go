package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/sotto-render/sotto/api"
)

// documentFile is a stored document as a file holds it.
type documentFile interface {
	head() *fileHead
	// required is where its required_secrets are.
	required() *[]string
	// whole reports whether it says what it has to.
	whole() bool
	// needs are the others that it calls. One that is guarded needs to exist only when
	// rendering reaches the call.
	needs() []need
}

// need is a call of another document.
type need struct {
	id      string
	guarded bool
}

// fileHead is what the files of all kinds have.
type fileHead struct {
	// Version is the one that was read from a server; 0 for none.
	Version     int64  `json:"version,omitempty"`
	Description string `json:"description,omitempty"`
}

func (h *fileHead) head() *fileHead { return h }

// templateFile is a template as a file holds it.
type templateFile struct {
	fileHead
	api.TemplateSource
}

func (f *templateFile) required() *[]string { return &f.RequiredSecrets }

func (f *templateFile) whole() bool { return (f.Template == nil) != (f.Parts == nil) }

// flowFile is a flow as a file holds it.
type flowFile struct {
	fileHead
	api.FlowSource
}

func (f *flowFile) required() *[]string { return &f.RequiredSecrets }

func (f *flowFile) whole() bool { return f.Expressions != nil }

func (f *flowFile) needs() []need { return nil }

// documentText returns the file's text.
func documentText(f documentFile) string {
	text := toJSON(f)
	if *f.required() == nil {
		// The wire says that there are none. In this place alone: variables may be
		// called so too, and come later.
		before, after, _ := strings.Cut(text, `,"required_secrets":null`)
		text = before + after
	}
	var lines bytes.Buffer
	if err := json.Indent(&lines, []byte(text), "", "  "); err != nil {
		panic("a document that is not JSON")
	}
	return lines.String()
}

// contentOf is the file's text without its version, each line of a source on its own: what
// two files are compared by.
func contentOf(f documentFile) string {
	head := f.head()
	version := head.Version
	head.Version = 0
	text := documentText(f)
	head.Version = version
	return strings.ReplaceAll(text, `\n`, "\\n\n      ")
}

// parse reads the text of the file called name.
func (d *documents) parse(name, text string) (documentFile, error) {
	f := d.fresh()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(f)
	if err == nil {
		_, err = decoder.Token()
	}
	if !errors.Is(err, io.EOF) || !f.whole() || f.head().Version < 0 {
		// The decoder's own text may quote what it read.
		return nil, fmt.Errorf("%s is no %s as `sotto %s get` prints it: a JSON object with %s", terminalSafe(name), d.kind, d.group, d.holds)
	}
	return f, nil
}
