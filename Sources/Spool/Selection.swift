// Which messages a person's verb is about.

/// Which messages a command means.
package enum Selection: Sendable {
  case ids([MessageID])
  case all(entity: String?)
}
