package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// applicationID marks a file as a store's: "sott" in ASCII.
const applicationID = 0x736f7474

// migrations make the schema, one version each. A released one never changes.
var migrations = []string{
	// Values stand in a table of their own, so that lists do not read them.
	`CREATE TABLE heads (
		scope TEXT NOT NULL PRIMARY KEY,
		epoch INTEGER NOT NULL,
		data BLOB NOT NULL
	) WITHOUT ROWID;
	CREATE TABLE records (
		kind TEXT NOT NULL,
		scope TEXT NOT NULL,
		name BLOB NOT NULL,
		revision INTEGER NOT NULL,
		meta BLOB NOT NULL,
		seal BLOB NOT NULL,
		PRIMARY KEY (kind, scope, name)
	) WITHOUT ROWID;
	CREATE TABLE contents (
		kind TEXT NOT NULL,
		scope TEXT NOT NULL,
		name BLOB NOT NULL,
		ciphertext BLOB NOT NULL,
		PRIMARY KEY (kind, scope, name)
	);
	CREATE TABLE counters (
		kind TEXT NOT NULL,
		scope TEXT NOT NULL,
		name BLOB NOT NULL,
		n INTEGER NOT NULL,
		PRIMARY KEY (kind, scope, name)
	) WITHOUT ROWID;`,
}

// migrate brings the file to the newest version of the schema, in one
// transaction.
func migrate(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // undoes what was not committed
	version, err := schemaVersion(ctx, tx)
	switch {
	case err != nil:
		return err
	case version == len(migrations):
		return nil
	}
	for _, migration := range migrations[version:] {
		if _, err := tx.ExecContext(ctx, migration); err != nil {
			return err
		}
	}
	// A pragma takes no parameters; both are numbers of ours.
	pragmas := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, len(migrations))
	if _, err := tx.ExecContext(ctx, pragmas); err != nil {
		return err
	}
	return tx.Commit()
}

// schemaVersion returns the version of a store's schema, 0 of an empty file.
func schemaVersion(ctx context.Context, tx *sql.Tx) (int, error) {
	var version, application, tables int
	err := errors.Join(
		tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version),
		tx.QueryRowContext(ctx, "PRAGMA application_id").Scan(&application),
		tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables),
	)
	switch {
	case err != nil:
		return 0, err
	case application != applicationID && (application != 0 || version != 0 || tables != 0):
		return 0, errors.New("the file is another program's database: choose another path for the store")
	case version > len(migrations):
		return 0, fmt.Errorf("the store has schema version %d and this sotto knows up to %d: use the newer sotto that wrote it", version, len(migrations))
	}
	return version, nil
}
