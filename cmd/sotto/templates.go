package main

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/macros"
)

const templateKind = "template"

func (a *app) templatesCommand() *cli.Command {
	d := &documents{
		app: a, kind: templateKind, group: "templates", holds: "either template or parts",
		about: "A template in a file that ends in .json is as `get` prints it: template or parts, context, syntax,\n" +
			"required_secrets, translations, sample_vars, description.",
		fresh: func() documentFile { return new(templateFile) },
		list: func(c *api.Client, ctx context.Context) iter.Seq2[api.DocumentInfo, error] {
			return c.Templates(ctx)
		},
		version: func(c *api.Client, ctx context.Context, id string, version int64) (*storedDocument, error) {
			if version > 0 {
				return storedTemplate(c.TemplateVersion(ctx, id, version))
			}
			return storedTemplate(c.Template(ctx, id))
		},
		store: func(c *api.Client, ctx context.Context, id string, f documentFile, as storing) (*storedDocument, error) {
			file := f.(*templateFile)
			return storedTemplate(c.PutTemplate(ctx, id, api.TemplateDraft{
				TemplateSource: file.TemplateSource, Description: file.Description, Note: as.note, Of: as.of, New: as.new,
			}))
		},
		versions: func(c *api.Client, ctx context.Context, id string) ([]api.DocumentInfo, error) {
			return c.TemplateVersions(ctx, id)
		},
		restore: func(c *api.Client, ctx context.Context, id string, version int64) (*storedDocument, error) {
			return storedTemplate(c.RestoreTemplate(ctx, id, version))
		},
	}
	d.put = cli.Command{
		Description: "Of a FILE that does not end in .json the text is the template; - is stdin. What does not compile is\nrefused, and where the same is stored " +
			"nothing changes.\n\n" + examples(
			"sotto templates put welcome welcome.liquid --description 'first mail' --note 'shorter'",
			"sotto templates put order order.json",
			"sotto templates put hook hook.liquid --context json --required-secrets hook_key --of 3",
		),
		Flags: []cli.Flag{
			choice("context", "where the output goes: text, json, html, url or header", "", "text", "json", "html", "url", "header"),
			choice("syntax", "read it as liquid, macros (<<...>> alone) or bare (macros and secrets.name)", "", "liquid", "macros", "bare"),
		},
	}
	d.read = func(cmd *cli.Command, name string) (documentFile, error) {
		source, err := a.read(cmd, name)
		if err != nil {
			return nil, err
		}
		file := &templateFile{TemplateSource: api.TemplateSource{Template: &source}}
		if strings.HasSuffix(name, ".json") {
			parsed, err := d.parse(name, source)
			if err != nil {
				return nil, err
			}
			file = parsed.(*templateFile)
		}
		for flag, field := range map[string]*string{"context": &file.Context, "syntax": &file.Syntax} {
			if cmd.IsSet(flag) {
				*field = cmd.String(flag)
			}
		}
		return file, nil
	}
	return d.command()
}

func storedTemplate(t *api.Template, err error) (*storedDocument, error) {
	if err != nil {
		return nil, err
	}
	return &storedDocument{
		DocumentInfo: t.DocumentInfo, shown: t,
		file: &templateFile{fileHead: fileHead{Version: t.Version, Description: t.Description}, TemplateSource: t.TemplateSource},
	}, nil
}

// needs implements [documentFile]: the templates that its parts name, and the partials that
// its sources call.
func (f *templateFile) needs() []need {
	var all []need
	calls := func(source, syntax string) {
		// What cannot be read is refused by the server, with its place.
		known, _ := macros.ParseSyntax(syntax)
		tree, err := macros.Parse(source, known)
		if err != nil {
			return
		}
		for _, call := range tree.PartialCalls() {
			all = append(all, need{call.Name, call.Guarded})
		}
	}
	if f.Template != nil {
		calls(*f.Template, f.Syntax)
	}
	for _, name := range slices.Sorted(maps.Keys(f.Parts)) {
		p := f.Parts[name]
		if p.TemplateID != "" {
			all = append(all, need{id: p.TemplateID})
		} else {
			calls(p.Template, p.Syntax)
		}
	}
	return all
}
