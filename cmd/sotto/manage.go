package main

import (
	"errors"
	"io/fs"
	"iter"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/api"
)

const (
	defaultServer  = "http://127.0.0.1:8080"
	defaultDataDir = "./sotto-data"
)

// managerFlags are those of commands that need a server: unlike clientFlags,
// they default to the one that `sotto serve` starts here.
func managerFlags() []cli.Flag {
	return []cli.Flag{
		text("scope", "", "work in the scope `PATH`, as in acme/shop/prod"),
		text("server", defaultServer, "ask the server at `URL`; its token is in SOTTO_TOKEN or --token-file"),
		text("token-file", "", "read the token from `FILE` (default: the admin token in ./sotto-data, for a server on this machine)"),
	}
}

// newManager is the client of a command that needs a server. On this machine it
// may use the admin token that the server has written.
func (a *app) newManager(cmd *cli.Command) (*api.Client, error) {
	c, err := a.newClient(cmd)
	if !errors.Is(err, errNoToken) || cmd.String("server") != defaultServer {
		return c, err
	}
	token, readErr := readPrivate(filepath.Join(defaultDataDir, adminTokenFile))
	switch {
	case errors.Is(readErr, fs.ErrNotExist):
		return nil, err
	case readErr != nil:
		return nil, readErr
	}
	return a.clientWith(cmd, token)
}

// collect reads a list to its end.
func collect[T any](list iter.Seq2[T, error]) ([]T, error) {
	all := []T{}
	for item, err := range list {
		if err != nil {
			return nil, err
		}
		all = append(all, item)
	}
	return all, nil
}

// table writes rows in columns.
func (a *app) table(rows [][]string) error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for i, cell := range row {
			cell = terminalSafe(cell)
			if i > 0 {
				cell = "\t" + cell
			}
			if _, err := w.Write([]byte(cell)); err != nil {
				return err
			}
		}
		if _, err := w.Write([]byte("\n")); err != nil {
			return err
		}
	}
	return w.Flush()
}

// when shows a time to the minute, in the reader's own zone.
func when(t *time.Time) string {
	if t == nil || t.IsZero() {
		return "-"
	}
	return t.Local().Format("2006-01-02 15:04")
}
