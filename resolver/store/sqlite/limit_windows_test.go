package sqlite_test

import "errors"

// limitFiles cannot limit the size of files here.
func limitFiles(text string) error {
	if text == "" {
		return nil
	}
	return errors.New("files cannot be limited on this system")
}
