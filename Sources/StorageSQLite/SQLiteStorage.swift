// Letterhead's storage in SQLite files in the state directory. The only module that says SQL.

/// Opens what is stored in the state directory.
package enum SQLiteStorage {}
