// What mail lies under: an entity's key, or a key that no entity can have.

/// Keys with a question mark are the relay's own.
package enum SpoolKey {
  /// Mail of an unknown client that is held until somebody decides on it: `?uid:33/php8.2-fpm.service`. No queue drains
  /// it.
  package static func isPending(_ key: String) -> Bool { key.utf8.first == mark }

  /// Whether an entity of the configuration can be called so: `acme?sandbox` is none either.
  package static func isEntity(_ key: String) -> Bool { !key.utf8.contains(mark) }

  private static let mark = UInt8(ascii: "?")
}
