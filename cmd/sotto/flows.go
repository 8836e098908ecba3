package main

import (
	"context"
	"iter"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/api"
)

func (a *app) flowsCommand() *cli.Command {
	d := &documents{
		app: a, kind: "flow", group: "flows", holds: "expressions",
		about: "A flow in a file is as `get` prints it: expressions, language, required_secrets, sample_vars,\ndescription.",
		fresh: func() documentFile { return new(flowFile) },
		list: func(c *api.Client, ctx context.Context) iter.Seq2[api.DocumentInfo, error] {
			return c.Flows(ctx)
		},
		version: func(c *api.Client, ctx context.Context, id string, version int64) (*storedDocument, error) {
			if version > 0 {
				return storedFlow(c.FlowVersion(ctx, id, version))
			}
			return storedFlow(c.Flow(ctx, id))
		},
		store: func(c *api.Client, ctx context.Context, id string, f documentFile, as storing) (*storedDocument, error) {
			file := f.(*flowFile)
			return storedFlow(c.PutFlow(ctx, id, api.FlowDraft{
				FlowSource: file.FlowSource, Description: file.Description, Note: as.note, Of: as.of, New: as.new,
			}))
		},
		versions: func(c *api.Client, ctx context.Context, id string) ([]api.DocumentInfo, error) {
			return c.FlowVersions(ctx, id)
		},
		restore: func(c *api.Client, ctx context.Context, id string, version int64) (*storedDocument, error) {
			return storedFlow(c.RestoreFlow(ctx, id, version))
		},
	}
	d.put = cli.Command{
		Description: "A FILE that ends in .flow.json may be an object of expressions by name, as `sotto lint` takes it; - is\nstdin. " +
			"What does not compile is refused, and where the same is stored nothing changes.\n\n" + examples(
			"sotto flows put order order.json --note 'new header'",
			"sotto flows put auth auth.flow.json --language js --required-secrets hook_key",
			"sotto flows put order order.json --of 3",
		),
		Flags: []cli.Flag{choice("language", "the language of expressions that name none: cel or js", "", string(api.CEL), string(api.JavaScript))},
	}
	d.read = func(cmd *cli.Command, name string) (documentFile, error) {
		source, err := a.read(cmd, name)
		if err != nil {
			return nil, err
		}
		f, err := d.parse(name, source)
		if err != nil && strings.HasSuffix(name, ".flow.json") {
			f, err = bareFlow(name, source)
		}
		if err != nil {
			return nil, err
		}
		if cmd.IsSet("language") {
			f.(*flowFile).Language = api.Language(cmd.String("language"))
		}
		return f, nil
	}
	return d.command()
}

// bareFlow reads the expressions of a flow file as `sotto lint` takes it.
func bareFlow(name, source string) (documentFile, error) {
	expressions, err := parseFlow(name, source)
	if err != nil {
		return nil, err
	}
	f := &flowFile{FlowSource: api.FlowSource{Expressions: make(map[string]api.FlowExpression, len(expressions))}}
	for name, e := range expressions {
		f.Expressions[name] = api.FlowExpression{Expression: e.source, Language: e.language}
	}
	return f, nil
}

func storedFlow(f *api.Flow, err error) (*storedDocument, error) {
	if err != nil {
		return nil, err
	}
	return &storedDocument{
		DocumentInfo: f.DocumentInfo, shown: f,
		file: &flowFile{fileHead: fileHead{Version: f.Version, Description: f.Description}, FlowSource: f.FlowSource},
	}, nil
}
