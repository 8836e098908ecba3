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

// documentSuffix ends the names of the files of a directory of documents.
const documentSuffix = ".json"

// here reads the documents of a directory.
func (d *documents) here(cmd *cli.Command, dir string) (map[string]documentFile, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	files := make(map[string]documentFile)
	for _, entry := range entries {
		id, ok := strings.CutSuffix(entry.Name(), documentSuffix)
		if !ok || entry.IsDir() {
			continue
		}
		name := filepath.Join(dir, entry.Name())
		if _, ok := macros.Canonical(id); !ok {
			return nil, fmt.Errorf("%s is not called like a %s: letters, digits, _ and -", terminalSafe(name), d.kind)
		}
		if err := readable(name); err != nil {
			return nil, err
		}
		text, err := d.app.read(cmd, name)
		if err != nil {
			return nil, err
		}
		if files[id], err = d.parse(name, text); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// there reads the documents of the client's scope.
func (d *documents) there(ctx context.Context, c *api.Client) (map[string]documentFile, error) {
	found := make(map[string]documentFile)
	for info, err := range d.list(c, ctx) {
		if err != nil {
			return nil, err
		}
		if _, ok := macros.Canonical(info.ID); !ok {
			return nil, fmt.Errorf("the server names a %s that no file can be called: %w", d.kind, api.ErrAnswer)
		}
		one, err := d.version(c, ctx, info.ID, 0)
		if isNotFound(err) { // deleted since
			continue
		}
		if err != nil {
			return nil, err
		}
		found[info.ID] = one.file
	}
	return found, nil
}

func isNotFound(err error) bool {
	var p *api.Problem
	return errors.As(err, &p) && p.Code == api.NotFound
}

func (d *documents) pull(ctx context.Context, cmd *cli.Command) error {
	args, c, err := d.arguments(cmd, 1, "one directory")
	if err != nil {
		return err
	}
	dir := args[0]
	here, err := d.here(cmd, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	there, err := d.there(ctx, c)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	kept := false
	for _, id := range slices.Sorted(maps.Keys(there)) {
		name, next := filepath.Join(dir, id+documentSuffix), there[id]
		old := here[id]
		if old != nil && documentText(old) == documentText(next) {
			continue
		}
		if old != nil && !cmd.Bool("force") && contentOf(old) != contentOf(next) {
			changed, err := d.changedHere(ctx, c, id, old)
			if err != nil {
				return err
			}
			if changed {
				kept = true
				d.app.print(terminalSafe(name) + ": stays, as it was changed here: push it, or give --force\n")
				continue
			}
		}
		if err := d.write(name, next); err != nil {
			return err
		}
	}
	if kept {
		return errReported
	}
	return nil
}

// write writes a file and says of which version it is.
func (d *documents) write(name string, file documentFile) error {
	if err := writeWhole(name, documentText(file)); err != nil {
		return err
	}
	return d.app.deliver("", fmt.Sprintf("%s: version %d\n", terminalSafe(name), file.head().Version))
}

// changedHere reports whether a file is anything but the version that it was pulled as.
func (d *documents) changedHere(ctx context.Context, c *api.Client, id string, file documentFile) (bool, error) {
	if file.head().Version == 0 {
		return true, nil
	}
	was, err := d.version(c, ctx, id, file.head().Version)
	if isNotFound(err) {
		return true, nil
	}
	return err == nil && contentOf(was.file) != contentOf(file), err
}

func (d *documents) push(ctx context.Context, cmd *cli.Command) error {
	args, c, err := d.arguments(cmd, 1, "one directory")
	if err != nil {
		return err
	}
	files, err := d.here(cmd, args[0])
	if err != nil {
		return err
	}
	order, err := pushOrder(files)
	if err != nil {
		return err
	}
	// refused :: id -> whether the server keeps something else than the file
	refused := make(map[string]bool)
	for done, id := range order {
		file, name := files[id], filepath.Join(args[0], id+documentSuffix)
		if other, ok := refusedNeed(file, refused); ok {
			refused[id] = true
			d.app.print(terminalSafe(name) + ": not stored, as it calls " + terminalSafe(other) + ", which was refused\n")
			continue
		}
		err := d.pushOne(ctx, cmd, c, name, id, file)
		var p *api.Problem
		if errors.As(err, &p) && p.Code != api.Unauthorized && p.Code != api.Overloaded && p.Code != api.ResolverUnavailable {
			refused[id] = true
			d.app.report(&failure{err, cmd.String("server")})
			continue
		}
		if err != nil {
			return fmt.Errorf("%w (%d of %d files were looked at before)", err, done, len(order))
		}
	}
	if len(refused) > 0 {
		d.app.print(fmt.Sprintf("%d of %d %s are not stored\n", len(refused), len(order), d.group))
		return errReported
	}
	return nil
}

// pushOne stores one file, which says the new version then.
func (d *documents) pushOne(ctx context.Context, cmd *cli.Command, c *api.Client, name, id string, file documentFile) error {
	head := file.head()
	as := storing{note: cmd.String("note"), of: head.Version}
	if cmd.Bool("force") {
		as.of = 0
	}
	stored, err := d.store(c, ctx, id, file, as)
	if err != nil {
		err = inSource(name, err)
		if wrong := new(sourceError); !errors.As(err, &wrong) {
			err = fmt.Errorf("%s: %w", name, err)
		}
		return err
	}
	if head.Version == stored.Version {
		return nil
	}
	head.Version = stored.Version
	return d.write(name, file)
}

// documentChange is what differs between a directory and a server.
type documentChange struct {
	ID string `json:"id"`
	// Change is "new" where the file alone exists, "changed", or "absent" where the
	// server's alone does.
	Change string `json:"change"`
}

func (d *documents) diff(ctx context.Context, cmd *cli.Command) error {
	args, c, err := d.arguments(cmd, 1, "one directory")
	if err != nil {
		return err
	}
	here, err := d.here(cmd, args[0])
	if err != nil {
		return err
	}
	there, err := d.there(ctx, c)
	if err != nil {
		return err
	}
	ids := maps.Clone(here)
	maps.Copy(ids, there)
	changes := []documentChange{}
	var shown strings.Builder
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		file, stored := here[id], there[id]
		var old, new, change string
		switch {
		case stored == nil:
			new, change = contentOf(file), "new"
		case file == nil:
			old, change = contentOf(stored), "absent"
		default:
			old, new, change = contentOf(stored), contentOf(file), "changed"
		}
		if old == new {
			continue
		}
		changes = append(changes, documentChange{id, change})
		shown.WriteString(udiff.Unified("server/"+id, filepath.Join(args[0], id+documentSuffix), old, new))
	}
	text := shown.String()
	if cmd.Bool("json") {
		text = toJSON(changes)
	} else if isTerminal(d.app.stdout) {
		text = terminalSafeLines(text)
	}
	if err := d.app.deliver("", text); err != nil {
		return err
	}
	if len(changes) > 0 {
		return errReported
	}
	return nil
}
