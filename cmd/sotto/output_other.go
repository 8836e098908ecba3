//go:build !linux

package main

func newDraft(path string) (*draft, error) { return newNamedDraft(path) }

// publish closes the draft, which some systems ask for, and puts it at path.
func (d *draft) publish(path string) error {
	if err := d.file.Close(); err != nil {
		return err
	}
	return d.rename(path)
}
