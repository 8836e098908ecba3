package sqlite

import (
	"database/sql"
	"strconv"
	"strings"
)

// The statements. Names of rows are blobs: they are compared byte by byte and
// may hold any byte.
const (
	selectForward  = `SELECT name, revision, meta, seal FROM records WHERE kind = ? AND scope = ? AND name >= ? AND name < ? ORDER BY name LIMIT ?`
	selectBackward = `SELECT name, revision, meta, seal FROM records WHERE kind = ? AND scope = ? AND name >= ? AND name < ? ORDER BY name DESC LIMIT ?`
	selectCounters = `SELECT name, n FROM counters WHERE kind = ? AND scope = ? AND name >= ? AND name < ? ORDER BY name LIMIT ?`
	selectHead     = `SELECT epoch, data FROM heads WHERE scope = ?`
	selectScopes   = `SELECT scope FROM heads ORDER BY scope`

	putRow     = `INSERT INTO records (kind, scope, name, revision, meta, seal) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET revision = excluded.revision, meta = excluded.meta, seal = excluded.seal`
	putValue   = `INSERT INTO contents (kind, scope, name, ciphertext) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET ciphertext = excluded.ciphertext`
	deleteRow  = `DELETE FROM records WHERE kind = ? AND scope = ? AND name = ?`
	dropValue  = `DELETE FROM contents WHERE kind = ? AND scope = ? AND name = ?`
	addCounter = `INSERT INTO counters (kind, scope, name, n) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n`
	// foldCounter adds the counter at the last three to that at the first three.
	foldCounter = `INSERT INTO counters (kind, scope, name, n) SELECT ?1, ?2, ?3, n FROM counters WHERE kind = ?4 AND scope = ?5 AND name = ?6 ON CONFLICT DO UPDATE SET n = n + excluded.n`
	dropCounter = `DELETE FROM counters WHERE kind = ? AND scope = ? AND name = ?`
	putHead     = `INSERT INTO heads (scope, epoch, data) SELECT ?1, ?2, ?3 WHERE ?4 = 0 OR EXISTS (SELECT 1 FROM heads WHERE scope = ?1)
		ON CONFLICT DO UPDATE SET epoch = excluded.epoch, data = excluded.data WHERE epoch = ?4 AND data = ?5`
)

// findSizes are how many rows one statement finds; a statement with more places
// than are wanted leaves the rest NULL, which no row equals.
var findSizes = []int{1, 8, 64}

// find returns the statement that finds n rows: the number of each place that
// has one, and the row.
func find(n int, values bool) string {
	var b strings.Builder
	b.WriteString("WITH want (place, k, s, n) AS (VALUES ")
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("(" + strconv.Itoa(i) + ",?,?,?)")
	}
	// CROSS JOIN keeps the order: a look into the index for each place.
	if values {
		b.WriteString(`) SELECT place, r.revision, r.meta, r.seal, c.ciphertext FROM want CROSS JOIN records r ON r.kind = k AND r.scope = s AND r.name = n
			LEFT JOIN contents c ON c.kind = k AND c.scope = s AND c.name = n`)
	} else {
		b.WriteString(`) SELECT place, r.revision, r.meta, r.seal, NULL FROM want CROSS JOIN records r ON r.kind = k AND r.scope = s AND r.name = n`)
	}
	return b.String()
}

var (
	reads  = []string{selectForward, selectBackward, selectCounters, selectHead, selectScopes}
	writes = []string{putRow, putValue, deleteRow, dropValue, addCounter, foldCounter, dropCounter, putHead}
)

// statements :: text of a statement -> the prepared statement
type statements map[string]*sql.Stmt

func prepare(db *sql.DB, texts []string) (statements, error) {
	prepared := make(statements, len(texts))
	for _, text := range texts {
		statement, err := db.Prepare(text)
		if err != nil {
			return nil, err
		}
		prepared[text] = statement
	}
	return prepared, nil
}

// finding names one of the statements of find.
type finding struct {
	size   int
	values bool
}

func prepareFind(db *sql.DB) (map[finding]*sql.Stmt, error) {
	prepared := make(map[finding]*sql.Stmt, 2*len(findSizes))
	for _, size := range findSizes {
		for _, values := range []bool{false, true} {
			statement, err := db.Prepare(find(size, values))
			if err != nil {
				return nil, err
			}
			prepared[finding{size, values}] = statement
		}
	}
	return prepared, nil
}
