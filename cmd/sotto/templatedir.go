package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/macros"
)

// templateSuffix ends the names of the files of a directory of templates.
const templateSuffix = ".json"

// templateDir reads the templates of a directory.
func (a *app) templateDir(cmd *cli.Command, dir string) (map[string]*templateFile, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	files := make(map[string]*templateFile)
	for _, entry := range entries {
		id, ok := strings.CutSuffix(entry.Name(), templateSuffix)
		if !ok || entry.IsDir() {
			continue
		}
		name := filepath.Join(dir, entry.Name())
		if _, ok := macros.Canonical(id); !ok {
			return nil, fmt.Errorf("%s is not called like a template: letters, digits, _ and -", terminalSafe(name))
		}
		if err := readable(name); err != nil {
			return nil, err
		}
		text, err := a.read(cmd, name)
		if err != nil {
			return nil, err
		}
		if files[id], err = parseTemplateFile(name, text); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// allTemplates reads the templates of the client's scope.
func allTemplates(ctx context.Context, c *api.Client) (map[string]*templateFile, error) {
	found := make(map[string]*templateFile)
	for info, err := range c.Templates(ctx) {
		if err != nil {
			return nil, err
		}
		if _, ok := macros.Canonical(info.ID); !ok {
			return nil, fmt.Errorf("the server names a template that no file can be called: %w", api.ErrAnswer)
		}
		t, err := c.Template(ctx, info.ID)
		if isNotFound(err) { // deleted since
			continue
		}
		if err != nil {
			return nil, err
		}
		found[info.ID] = fileOf(t)
	}
	return found, nil
}

func isNotFound(err error) bool {
	var p *api.Problem
	return errors.As(err, &p) && p.Code == api.NotFound
}

func (a *app) pullTemplates(ctx context.Context, cmd *cli.Command) error {
	args, c, err := a.aboutTemplate(cmd, 1, "one directory")
	if err != nil {
		return err
	}
	dir := args[0]
	here, err := a.templateDir(cmd, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	there, err := allTemplates(ctx, c)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	kept := false
	for _, id := range slices.Sorted(maps.Keys(there)) {
		name, next := filepath.Join(dir, id+templateSuffix), there[id]
		old := here[id]
		if old != nil && old.String() == next.String() {
			continue
		}
		if old != nil && !cmd.Bool("force") && old.content() != next.content() {
			changed, err := changedHere(ctx, c, id, old)
			if err != nil {
				return err
			}
			if changed {
				kept = true
				a.print(terminalSafe(name) + ": stays, as it was changed here: push it, or give --force\n")
				continue
			}
		}
		if err := writeWhole(name, next.String()); err != nil {
			return err
		}
		if err := a.deliver("", fmt.Sprintf("%s: version %d\n", terminalSafe(name), next.Version)); err != nil {
			return err
		}
	}
	if kept {
		return errReported
	}
	return nil
}

// changedHere reports whether a file is anything but the version that it was pulled as.
func changedHere(ctx context.Context, c *api.Client, id string, file *templateFile) (bool, error) {
	if file.Version == 0 {
		return true, nil
	}
	was, err := c.TemplateVersion(ctx, id, file.Version)
	if isNotFound(err) {
		return true, nil
	}
	return err == nil && fileOf(was).content() != file.content(), err
}

func (a *app) pushTemplates(ctx context.Context, cmd *cli.Command) error {
	args, c, err := a.aboutTemplate(cmd, 1, "one directory")
	if err != nil {
		return err
	}
	files, err := a.templateDir(cmd, args[0])
	if err != nil {
		return err
	}
	refused := false
	for _, id := range pushOrder(files) {
		file, name := files[id], filepath.Join(args[0], id+templateSuffix)
		draft := file.draft()
		draft.Note = cmd.String("note")
		if cmd.Bool("force") {
			draft.Of = 0
		}
		stored, err := c.PutTemplate(ctx, id, draft)
		var p *api.Problem
		if errors.As(err, &p) && p.Code != api.Unauthorized && p.Code != api.Overloaded && p.Code != api.ResolverUnavailable {
			refused = true
			err = inSource(name, err)
			if wrong := new(sourceError); !errors.As(err, &wrong) {
				err = fmt.Errorf("%s: %w", name, err)
			}
			a.report(&failure{err, cmd.String("server")})
			continue
		}
		if err != nil {
			return err
		}
		if file.Version == stored.Version {
			continue
		}
		file.Version = stored.Version
		if err := writeWhole(name, file.String()); err != nil {
			return err
		}
		if err := a.deliver("", fmt.Sprintf("%s: version %d\n", terminalSafe(name), stored.Version)); err != nil {
			return err
		}
	}
	if refused {
		return errReported
	}
	return nil
}

// pushOrder returns the ids in an order in which each comes behind those that its parts
// name.
func pushOrder(files map[string]*templateFile) []string {
	var order []string
	seen := make(map[string]bool)
	var add func(id string)
	add = func(id string) {
		if seen[id] || files[id] == nil {
			return
		}
		seen[id] = true
		for _, name := range slices.Sorted(maps.Keys(files[id].Parts)) {
			add(files[id].Parts[name].TemplateID)
		}
		order = append(order, id)
	}
	for _, id := range slices.Sorted(maps.Keys(files)) {
		add(id)
	}
	return order
}

// templateChange is what differs between a directory and a server.
type templateChange struct {
	ID string `json:"id"`
	// Change is "new" where the file alone exists, "changed", or "absent" where the
	// server's alone does.
	Change string `json:"change"`
}

func (a *app) diffTemplates(ctx context.Context, cmd *cli.Command) error {
	args, c, err := a.aboutTemplate(cmd, 1, "one directory")
	if err != nil {
		return err
	}
	here, err := a.templateDir(cmd, args[0])
	if err != nil {
		return err
	}
	there, err := allTemplates(ctx, c)
	if err != nil {
		return err
	}
	ids := maps.Clone(here)
	maps.Copy(ids, there)
	changes := []templateChange{}
	var shown strings.Builder
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		file, stored := here[id], there[id]
		var old, new, change string
		switch {
		case stored == nil:
			new, change = file.content(), "new"
		case file == nil:
			old, change = stored.content(), "absent"
		default:
			old, new, change = stored.content(), file.content(), "changed"
		}
		if old == new {
			continue
		}
		changes = append(changes, templateChange{id, change})
		shown.WriteString(udiff.Unified("server/"+id, filepath.Join(args[0], id+templateSuffix), old, new))
	}
	text := shown.String()
	if cmd.Bool("json") {
		text = toJSON(changes)
	} else if isTerminal(a.stdout) {
		text = terminalSafeLines(text)
	}
	if err := a.deliver("", text); err != nil {
		return err
	}
	if len(changes) > 0 {
		return errReported
	}
	return nil
}
