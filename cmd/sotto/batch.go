package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/api"
)

// batchFlag is --batch of a command that makes what of one source.
func batchFlag(what string) cli.Flag {
	return text("batch", "", what+" for each recipient, a line of JSON with id and vars, in `FILE`; - is stdin; the output has a line for each")
}

// checkBatch refuses what says nothing to a batch.
func checkBatch(cmd *cli.Command) error {
	for _, flag := range []string{"vars", "var", "json"} {
		if cmd.IsSet(flag) {
			return wrongUsage(cmd, "--batch and --%s do not go together: each recipient has its own line", flag)
		}
	}
	return nil
}

// runBatch has work answer the recipients of --batch, in lines that it gives to out.
// The output is whole, or there is none; one in which a recipient failed is whole.
func (a *app) runBatch(cmd *cli.Command, work func(in io.Reader, out io.Writer) (*api.BatchDone, error)) error {
	in, size, err := a.openBatch(cmd)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // only read from
	bar := &batchBar{app: a, from: in, size: size, live: isTerminal(a.stderr)}
	var done *api.BatchDone
	err = a.deliverFrom(cmd.String("output"), func(out io.Writer) (err error) {
		defer bar.end()
		done, err = work(bar, out)
		return err
	})
	if err != nil {
		return err
	}
	if done.Failed > 0 {
		return fmt.Errorf("%d of %d recipients failed: their lines say why", done.Failed, done.OK+done.Failed)
	}
	return nil
}

// openBatch opens the file of --batch. The size is 0 where nobody knows it.
func (a *app) openBatch(cmd *cli.Command) (in io.ReadCloser, size int64, err error) {
	path := cmd.String("batch")
	if path == "-" {
		from, err := a.input(cmd)
		return io.NopCloser(from), 0, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		size = info.Size()
	}
	return f, size, nil
}

// batchBar shows on a terminal how much of a batch was read.
type batchBar struct {
	app  *app
	from io.Reader
	size int64
	live bool

	read int64
	next time.Time
	open bool
}

// barWidth is how many letters the bar has.
const barWidth = 30

// Read implements [io.Reader].
func (b *batchBar) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	b.read += int64(n)
	if now := time.Now(); b.live && (now.After(b.next) || err == io.EOF) {
		b.next = now.Add(100 * time.Millisecond)
		b.app.print("\r" + b.text())
		b.open = true
	}
	return n, err
}

func (b *batchBar) text() string {
	if b.size == 0 {
		return fmt.Sprintf("%d KiB", b.read>>10)
	}
	part := min(1, float64(b.read)/float64(b.size))
	full := int(part * barWidth)
	return fmt.Sprintf("[%s%s] %3.0f %%", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), part*100)
}

// end leaves the terminal on a line of its own.
func (b *batchBar) end() {
	if b.open {
		b.app.print("\n")
		b.open = false
	}
}

// toLines gives each line to out, and the last one.
func toLines(out io.Writer, work func(each func([]byte) error) (*api.BatchDone, error)) (*api.BatchDone, error) {
	done, err := work(func(line []byte) error {
		_, err := out.Write(append(line, '\n'))
		return err
	})
	if err != nil {
		return nil, err
	}
	_, err = io.WriteString(out, toJSON(struct {
		Done *api.BatchDone `json:"done"`
	}{done}))
	return done, err
}

func (r remote) renderBatch(ctx context.Context, q *renderRequest, in io.Reader, out io.Writer) (*api.BatchDone, error) {
	if err := sendable("template", api.TemplateSyntax, *q.Template); err != nil {
		return nil, err
	}
	return toLines(out, func(each func([]byte) error) (*api.BatchDone, error) {
		return r.RenderLines(ctx, q.RenderRequest, in, each)
	})
}

func (r remote) evaluateBatch(ctx context.Context, q *api.EvaluateRequest, in io.Reader, out io.Writer) (*api.BatchDone, error) {
	if err := sendable("expression", api.ExpressionSyntax, *q.Expression); err != nil {
		return nil, err
	}
	return toLines(out, func(each func([]byte) error) (*api.BatchDone, error) { return r.EvaluateLines(ctx, *q, in, each) })
}
