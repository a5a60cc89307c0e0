// Databases as earlier versions wrote them, row by row. Never edited: what is out there does not change either.

enum EarlierSchemas {
  /// What led to version 1.
  static let first = """
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
    """

  /// What led from version 1 to version 2.
  static let second = """
    ALTER TABLE mailboxes ADD COLUMN refreshed_at REAL;
    CREATE TABLE paces (
      address TEXT PRIMARY KEY,
      record TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
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
    CREATE TABLE told (
      entity TEXT PRIMARY KEY,
      fault TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

  private static let fault = #"""
    {"class":"auth","since":817041600,"summary":"The server no longer accepts the saved sign-in.",\#
    "remedy":"Run: letterhead connect acme","upstream":"535 5.7.8 no \"such\" thing\r\n"}
    """#

  /// Rows of version 1: a password and a sign-in by OAuth, sealed with the key 00 07 0E … D9.
  static let mailboxes = #"""
    INSERT INTO mailboxes VALUES (4, 'acme', 'office', 'acme.example', 'Office', 'smtp', 'smtp.acme.example', 465, 'tls',
      '{"kind":"password","username":"office@acme.example"}', 'PLAIN', NULL, 1795348800.0,
      '{"fault":\#(fault),"pausedUntil":817041660,"mayProbe":true}');
    INSERT INTO mailboxes VALUES (7, 'beta', 'office', 'acme.example', 'Office', 'smtp', 'smtp.acme.example', 465, 'tls',
      '{"kind":"oauth","username":"office@acme.example","mechanism":"xoauth2",' ||
      '"tokenURL":"https:\/\/acme.example\/token","clientID":"letterhead","scope":"mail"}', NULL, NULL, 1795348800.0,
      '{"fault":\#(fault),"mayProbe":false}');
    INSERT INTO secrets VALUES
      (4, 'password', x'010101010101010101010101071050353e59f383648e2e6b96d6263ad591e63998d3170cda'),
      (7, 'refresh-token', x'0202020202020202020202026026bee8fb6c8dd07c3098c04cf1ce7baca9721c15e40908a9'),
      (7, 'client-secret', x'030303030303030303030303cc9ee9255948229a746afa2486bb7b8cea9d65f2a35fc212ac7a3c189e');
    """#

  /// Rows of version 2.
  static let requests = #"""
    UPDATE mailboxes SET refreshed_at = 1795352400.0 WHERE generation = 7;
    INSERT INTO paces VALUES ('office@acme.example', '[1,2,3]');
    INSERT INTO told VALUES ('acme', '\#(fault)');
    INSERT INTO requests VALUES
      (1, 'connect', 'acme', 'old@acme.example', 'smtp.acme.example', 1001, 'mara', 'First', 1795341600.0, 'used',
        1795341700.0, 'root (ada)', NULL, 1),
      (2, 'connect', 'acme', 'office@acme.example', 'smtp.acme.example', 1001, 'mara', 'New provider', 1795345200.0,
        'approved', 1795345300.0, 'root (ada)', NULL, 1),
      (5, 'disconnect', 'beta', 'office@acme.example', '', 1002, 'ivo', 'Sold', 1795348740.0, 'denied', 1795348750.0,
        'root (ada)', 'Not now', 0);
    INSERT INTO audit VALUES
      (1, 1795341600.0, 1001, 'mara', 'request', 'acme', 'connect old@acme.example request 1: First'),
      (2, 1795341700.0, 0, 'root (ada)', 'approve', 'acme', 'connect old@acme.example request 1 of mara'),
      (9, 1795348770.0, 0, 'root (ada)', 'disconnect', 'acme', 'old@acme.example');
    """#
}
