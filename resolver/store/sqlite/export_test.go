package sqlite

import "fmt"

// LimitPages makes the file full at this many pages.
func LimitPages(b *Backend, pages int) error {
	_, err := b.write.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages))
	return err
}
