// The tables of the saved connections, as numbered migrations. PRAGMA user_version tells how many of them a file has had.

/// A migration is never edited once a release has it.
enum MailboxSchema {
  /// Each leads from one version to the next; the first from an empty file.
  ///
  /// `generation` is never used twice (AUTOINCREMENT). `sign_in`, `condition`, `record`, `fault` and `terms` are JSON;
  /// a NULL condition is a working mailbox. Times are seconds since 1970.
  static let migrations = [
    """
    CREATE TABLE mailboxes (
      generation INTEGER PRIMARY KEY AUTOINCREMENT,
      entity TEXT NOT NULL UNIQUE,
      local_part TEXT NOT NULL,
      domain TEXT NOT NULL,
      display_name TEXT,
      provider TEXT NOT NULL,
      host TEXT NOT NULL,
      port INTEGER NOT NULL CHECK (port BETWEEN 0 AND 65535),
      security TEXT NOT NULL,
      sign_in TEXT NOT NULL,
      mechanism TEXT,
      authorities TEXT,
      connected_at REAL NOT NULL,
      condition TEXT
    ) STRICT;
    CREATE TABLE secrets (
      generation INTEGER NOT NULL REFERENCES mailboxes (generation) ON DELETE CASCADE,
      field TEXT NOT NULL,
      sealed BLOB NOT NULL,
      PRIMARY KEY (generation, field)
    ) STRICT, WITHOUT ROWID;
    """,
    """
    -- When the sign-in was last used at the token endpoint, so that it is used before it lapses.
    ALTER TABLE mailboxes ADD COLUMN refreshed_at REAL;
    -- What a mailbox has sent lately, by its address: the provider goes on counting over a reconnect.
    CREATE TABLE paces (
      address TEXT PRIMARY KEY,
      record TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    -- Who asked to connect or disconnect, and what was decided. `state`: waiting, approved, denied, used.
    -- `told`: administrators were alerted.
    CREATE TABLE requests (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      verb TEXT NOT NULL,
      entity TEXT NOT NULL,
      address TEXT NOT NULL,
      host TEXT NOT NULL,
      uid INTEGER NOT NULL,
      user TEXT NOT NULL,
      justification TEXT NOT NULL,
      filed_at REAL NOT NULL,
      state TEXT NOT NULL,
      decided_at REAL,
      decided_by TEXT,
      reason TEXT,
      told INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX requests_by_user ON requests (uid, verb, entity);
    -- Every decision and every change of a connection, for ever.
    CREATE TABLE audit (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      at REAL NOT NULL,
      uid INTEGER NOT NULL,
      user TEXT NOT NULL,
      verb TEXT NOT NULL,
      entity TEXT NOT NULL,
      detail TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
      BEGIN SELECT RAISE(ABORT, 'the audit list only grows'); END;
    CREATE TRIGGER audit_never_shrinks BEFORE DELETE ON audit
      BEGIN SELECT RAISE(ABORT, 'the audit list only grows'); END;
    -- What people were last told of an entity's flag, so that each change is told once, over restarts too.
    CREATE TABLE told (
      entity TEXT PRIMARY KEY,
      fault TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    """
    -- Who asked and who did it are no longer users of this host alone: `requester` tells them apart, as `uid:1000` or
    -- `web:anna`. Every row is copied as it was; the triggers that keep the audit list from being changed come back.
    ALTER TABLE requests RENAME TO requests_of_users;
    DROP INDEX requests_by_user;
    CREATE TABLE requests (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      verb TEXT NOT NULL,
      entity TEXT NOT NULL,
      address TEXT NOT NULL,
      host TEXT NOT NULL,
      requester TEXT NOT NULL,
      name TEXT NOT NULL,
      justification TEXT NOT NULL,
      filed_at REAL NOT NULL,
      state TEXT NOT NULL,
      decided_at REAL,
      decided_by TEXT,
      reason TEXT,
      told INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    INSERT INTO requests
      SELECT number, verb, entity, address, host, 'uid:' || uid, user, justification, filed_at, state, decided_at,
        decided_by, reason, told
      FROM requests_of_users ORDER BY number;
    DROP TABLE requests_of_users;
    CREATE INDEX requests_by_requester ON requests (requester, verb, entity);
    ALTER TABLE audit RENAME TO audit_of_users;
    CREATE TABLE audit (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      at REAL NOT NULL,
      requester TEXT NOT NULL,
      name TEXT NOT NULL,
      verb TEXT NOT NULL,
      entity TEXT NOT NULL,
      detail TEXT NOT NULL
    ) STRICT;
    INSERT INTO audit
      SELECT number, at, 'uid:' || uid, user, verb, entity, detail FROM audit_of_users ORDER BY number;
    DROP TABLE audit_of_users;
    CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
      BEGIN SELECT RAISE(ABORT, 'the audit list only grows'); END;
    CREATE TRIGGER audit_never_shrinks BEFORE DELETE ON audit
      BEGIN SELECT RAISE(ABORT, 'the audit list only grows'); END;
    """,
    """
    -- All that is asked for, in JSON: the other parts of the connection by name. NULL: filed before they were kept; such a
    -- request fits no connection.
    ALTER TABLE requests ADD COLUMN terms TEXT;
    """,
    """
    -- The passwords of apps: salt and keys of SCRAM-SHA-256. `equivalent`: the password itself, sealed, for CRAM-MD5.
    -- `older_`: what the password has replaced, which is good until then.
    CREATE TABLE app_credentials (
      app TEXT PRIMARY KEY,
      salt BLOB NOT NULL,
      iterations INTEGER NOT NULL CHECK (iterations > 0),
      stored_key BLOB NOT NULL,
      server_key BLOB NOT NULL,
      equivalent BLOB,
      made_at REAL NOT NULL,
      older_stored_key BLOB,
      older_server_key BLOB,
      older_equivalent BLOB,
      older_until REAL
    ) STRICT, WITHOUT ROWID;
    -- Apps that an administrator has approved, beside those of the configuration.
    CREATE TABLE approved_apps (
      name TEXT PRIMARY KEY,
      pattern TEXT NOT NULL,
      entity TEXT NOT NULL,
      approved_at REAL NOT NULL,
      requester TEXT NOT NULL,
      requester_name TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    -- Clients whose mail an administrator has denied.
    CREATE TABLE denied_senders (
      key TEXT PRIMARY KEY,
      denied_at REAL NOT NULL,
      requester TEXT NOT NULL,
      requester_name TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    """
    -- Entities all of whose mail a person keeps back.
    CREATE TABLE entity_holds (
      entity TEXT PRIMARY KEY,
      since REAL NOT NULL,
      requester TEXT NOT NULL,
      requester_name TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    """
    -- The way out: smtp, graph, gmail-api.
    ALTER TABLE mailboxes ADD COLUMN transport TEXT NOT NULL DEFAULT 'smtp';
    """,
    """
    -- Who files copies of what is sent, as a test has found out: provider, append, none. NULL: not looked for.
    ALTER TABLE mailboxes ADD COLUMN sent_copies TEXT;
    """,
  ]
}
