// The providers Letterhead knows by name. Presets and sign-in flows are data that join this table.

package struct Provider: Sendable, Equatable {
  /// As on the command line, in the store and in the status file.
  package let name: String
  /// As a sentence names it.
  package let label: String

  /// Any server, described in full by who connects it.
  package static let smtp = Provider(name: "smtp", label: "The mail server")
  /// Built in, for trying things: takes mail and keeps it in files.
  package static let sandbox = Provider(name: "sandbox", label: "The sandbox")
}
