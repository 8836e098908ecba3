package resolver

import (
	"io/fs"
	"os"
	"sync"
	"time"
)

const (
	// followEvery is how often a directory is looked at for changes. A look costs a
	// call of the system for each file.
	followEvery = time.Second
	// settleTime is for how long a file that was just written is taken to change
	// still: a second write may leave no other trace in the same tick of the clock.
	settleTime = 2 * followEvery
)

// Notify implements [Notifier]: files are looked at every second, through the links of
// a Kubernetes mount too. A directory that cannot be read tells nothing.
func (d *Dir) Notify(heard func(Change)) (stop func()) {
	seen, _ := d.look() // of a directory that is not there yet all will be new
	done := make(chan struct{})
	var follower sync.WaitGroup
	follower.Go(func() {
		ticker := time.NewTicker(followEvery)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
			}
			now, err := d.look()
			if err != nil {
				continue
			}
			for alias, is := range now {
				if was, ok := seen[alias]; !ok || !was.same(is) {
					heard(Change{Alias: alias})
				}
			}
			for alias := range seen {
				if _, ok := now[alias]; !ok {
					heard(Change{Alias: alias})
				}
			}
			seen = now
		}
	})
	return sync.OnceFunc(func() {
		close(done)
		follower.Wait()
	})
}

// traces are what the file system says of the files of one alias.
type traces struct {
	files []fs.FileInfo
	// settled says that none was written lately.
	settled bool
}

func (t traces) same(now traces) bool {
	if !t.settled || len(t.files) != len(now.files) {
		return false
	}
	for i, was := range t.files {
		is := now.files[i]
		switch {
		case was == nil && is == nil:
		case was == nil || is == nil || !os.SameFile(was, is):
			return false
		case was.Size() != is.Size() || !was.ModTime().Equal(is.ModTime()) || was.Mode() != is.Mode():
			return false
		}
	}
	return true
}

// look returns the traces of each alias.
func (d *Dir) look() (map[string]traces, error) {
	files, err := openFiles(d.path)
	if err != nil {
		return nil, err
	}
	defer files.close()
	now := time.Now()
	all := make(map[string]traces, len(files.names))
	for alias, names := range files.names {
		t := traces{settled: true}
		for _, name := range names {
			for _, part := range [...]string{"", "/username", "/password"} {
				info, err := files.root.Stat(name + part)
				if err != nil {
					info = nil
				}
				t.files = append(t.files, info)
				if info != nil && now.Sub(info.ModTime()) < settleTime {
					t.settled = false
				}
				if part == "" && (info == nil || !info.IsDir()) {
					break
				}
			}
		}
		all[alias] = t
	}
	return all, nil
}
