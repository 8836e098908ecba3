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

// templateFile is a template as a file holds it.
type templateFile struct {
	// Version is the one that was read from a server; 0 for none.
	Version     int64  `json:"version,omitempty"`
	Description string `json:"description,omitempty"`
	api.TemplateSource
}

func fileOf(t *api.Template) *templateFile {
	return &templateFile{Version: t.Version, Description: t.Description, TemplateSource: t.TemplateSource}
}

// draft is what is sent to store the template.
func (f *templateFile) draft() api.TemplateDraft {
	return api.TemplateDraft{TemplateSource: f.TemplateSource, Description: f.Description, Of: f.Version}
}

// String returns the file's text.
func (f *templateFile) String() string {
	text := toJSON(f)
	if f.RequiredSecrets == nil {
		// The wire says that there are none. In this place alone: variables may be
		// called so too, and come later.
		before, after, _ := strings.Cut(text, `,"required_secrets":null`)
		text = before + after
	}
	var lines bytes.Buffer
	if err := json.Indent(&lines, []byte(text), "", "  "); err != nil {
		panic("a template that is not JSON")
	}
	return lines.String()
}

// content is the file's text without its version, each line of a template on its own: what
// two files are compared by.
func (f *templateFile) content() string {
	bare := *f
	bare.Version = 0
	return strings.ReplaceAll(bare.String(), `\n`, "\\n\n      ")
}

// parseTemplateFile reads the text of the file called name.
func parseTemplateFile(name, text string) (*templateFile, error) {
	f := new(templateFile)
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(f)
	if err == nil {
		_, err = decoder.Token()
	}
	if !errors.Is(err, io.EOF) || (f.Template == nil) == (f.Parts == nil) || f.Version < 0 {
		// The decoder's own text may quote what it read.
		return nil, fmt.Errorf("%s is no template as `sotto templates get` prints it: a JSON object with either template or parts", terminalSafe(name))
	}
	return f, nil
}
