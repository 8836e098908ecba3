package sqlite

import "database/sql"

// The statements. Names of rows are blobs: they are compared byte by byte and
// may hold any byte.
const (
	selectRow      = `SELECT revision, meta, seal FROM records WHERE kind = ? AND scope = ? AND name = ?`
	selectValue    = `SELECT r.revision, r.meta, r.seal, c.ciphertext FROM records r LEFT JOIN contents c USING (kind, scope, name) WHERE r.kind = ? AND r.scope = ? AND r.name = ?`
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
	putHead    = `INSERT INTO heads (scope, epoch, data) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET epoch = excluded.epoch, data = excluded.data WHERE epoch = excluded.epoch - 1`
)

var (
	reads  = []string{selectRow, selectValue, selectForward, selectBackward, selectCounters, selectHead, selectScopes}
	writes = []string{putRow, putValue, deleteRow, dropValue, addCounter, putHead}
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
