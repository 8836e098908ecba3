package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// redactFiles masks each file, in place or, with a suffix, beside it. A file that cannot
// be masked is named and left as it is, and the others are masked.
func (a *app) redactFiles(ctx context.Context, e executor, files []string, suffix string) error {
	failed := false
	for _, file := range files {
		if err := a.redactFile(ctx, e, file, suffix); err != nil {
			failed = true
			a.print("sotto: " + a.paint("error:") + " " + terminalSafeLines(file+": "+err.Error()) + "\n")
		}
	}
	if failed {
		return errReported
	}
	return nil
}

// redactFile masks one file. At every moment the file is there whole, as it was or masked.
func (a *app) redactFile(ctx context.Context, e executor, file, suffix string) error {
	// What a link points at is masked, and the link stays one.
	target, err := filepath.EvalSymlinks(file)
	if err != nil {
		return withoutPath(err)
	}
	in, err := os.Open(target)
	if err != nil {
		return withoutPath(err)
	}
	defer func() { _ = in.Close() }() // only read from
	info, err := in.Stat()
	if err != nil {
		return withoutPath(err)
	}
	if !info.Mode().IsRegular() {
		return errors.New("it is not a regular file: mask it in a pipe")
	}
	how := &fileProgress{app: a, name: file, size: info.Size(), live: isTerminal(a.stderr)}
	changes := &comparison{with: in}
	d, err := newDraft(target + suffix)
	if err != nil {
		return withoutPath(err)
	}
	defer func() { _ = d.discard() }()
	read := io.NewSectionReader(in, 0, info.Size())
	err = e.redact(ctx, io.MultiWriter(d.file, changes), io.TeeReader(read, how))
	// A file is better masked with what is known than not at all.
	if err != nil && !errors.Is(err, errUnknownValue) {
		return err
	}
	same := changes.none(info.Size())
	if suffix != "" || !same {
		if err := replaceFile(d, in, info, target+suffix); err != nil {
			return err
		}
	}
	how.end(!same)
	return err
}

// replaceFile puts the draft at path, with the mode of the file that it was made of, unless
// that one has changed meanwhile: what was added would be lost.
func replaceFile(d *draft, of *os.File, was os.FileInfo, path string) error {
	now, err := of.Stat()
	if err != nil {
		return withoutPath(err)
	}
	if now.Size() != was.Size() || !now.ModTime().Equal(was.ModTime()) {
		return errors.New("it has changed meanwhile: mask it once nobody writes to it")
	}
	if err := d.file.Chmod(was.Mode().Perm()); err != nil {
		return withoutPath(err)
	}
	keepOwner(d.file, was)
	if err := d.file.Sync(); err != nil {
		return withoutPath(err)
	}
	return d.publish(path)
}

// withoutPath takes the path off an error: the message begins with it.
func withoutPath(err error) error {
	var failed *os.PathError
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}

// comparison is written what a file would become, and sees whether that is what the file
// holds.
type comparison struct {
	with    io.ReaderAt
	at      int64
	differs bool
	buf     []byte
}

// Write implements [io.Writer].
func (c *comparison) Write(p []byte) (int, error) {
	if c.buf = append(c.buf[:0], p...); !c.differs {
		n, _ := c.with.ReadAt(c.buf, c.at) // what is not there differs
		c.differs = string(c.buf[:n]) != string(p)
	}
	c.at += int64(len(p))
	return len(p), nil
}

// none reports whether all of the file, which has this size, is what was written.
func (c *comparison) none(size int64) bool { return !c.differs && c.at == size }

// fileProgress tells on stderr how far a file is: each step on a terminal, else what was
// done when it is done.
type fileProgress struct {
	app        *app
	name       string
	done, size int64
	percent    int64
	live       bool
}

// Write implements [io.Writer] and counts.
func (p *fileProgress) Write(b []byte) (int, error) {
	p.done += int64(len(b))
	if percent := 100 * p.done / max(p.size, 1); p.live && percent != p.percent {
		p.percent = percent
		p.app.print(fmt.Sprintf("\r%s: %d %%", terminalSafe(p.name), percent))
	}
	return len(b), nil
}

func (p *fileProgress) end(masked bool) {
	what := "nothing to mask"
	if masked {
		what = "masked"
	}
	start := ""
	if p.live {
		start = "\r"
	}
	p.app.print(start + terminalSafe(p.name) + ": " + what + "\n")
}
