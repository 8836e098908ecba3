package resolver

import (
	"context"
	"errors"
	"io/fs"

	"github.com/sotto-render/sotto/redact"
)

// Disclose implements [Discloser]. What cannot be resolved, because a file is not what
// its name says or has a twin, is told as it stands: its bytes are no less secret.
func (d *Dir) Disclose(ctx context.Context, _ Scope, aliases []string, tell func(Disclosure)) error {
	files, err := openFiles(d.path)
	if err != nil {
		return err
	}
	defer files.close()
	if aliases == nil {
		for alias := range files.names {
			aliases = append(aliases, alias)
		}
	}
	for _, alias := range aliases {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := files.nameOf(alias); err != nil {
			tell(Disclosure{Alias: alias, Err: err, Covered: true})
		}
		for _, name := range files.names[alias] {
			files.disclose(alias, name, tell)
		}
	}
	return nil
}

// disclose tells what one file or directory holds.
func (f *files) disclose(alias, name string, tell func(Disclosure)) {
	e, err := f.read(name)
	if err != nil {
		tell(Disclosure{Alias: alias, Err: err, Covered: f.asItStands(alias, name, tell)})
		return
	}
	if secret := e.Secret; secret != (redact.Secret{}) {
		tell(Disclosure{Alias: alias, Secret: secret})
	}
	if isJSON(name) {
		// Others show the file as it was written, as base64 of Kubernetes does.
		_ = f.asItStands(alias, name, tell)
	}
}

// asItStands tells the bytes of a file, or of both of a directory, and reports whether
// there was nothing that could not be read.
func (f *files) asItStands(alias, name string, tell func(Disclosure)) bool {
	parts := []string{name}
	if info, err := f.root.Stat(name); err == nil && info.IsDir() {
		parts = []string{name + "/username", name + "/password"}
	}
	whole := true
	for _, part := range parts {
		text, err := f.readFile(part)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			_, err := f.absent(part, err)
			whole = whole && err == nil
			continue
		case err != nil:
			whole = false
			continue
		}
		if !blank(text) {
			tell(Disclosure{Alias: alias, Secret: redact.NewSecret(text)})
		}
	}
	return whole
}
