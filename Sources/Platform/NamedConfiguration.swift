// The configuration file that this process was told to read.
import Glibc

package enum NamedConfiguration {
  /// Which the service reads, and every command that is told of no other.
  package static let usual = "/etc/letterhead/letterhead.toml"
  /// Names the file where `--config` does not.
  package static let variable = "LETTERHEAD_CONFIG"

  /// As it was given; `nil` where none was named.
  package static let ofThisProcess = find(
    in: CommandLine.arguments, variable: getenv(variable).map { String(cString: $0) })

  static func find(in arguments: [String], variable: String?) -> String? {
    for (word, next) in zip(arguments, arguments.dropFirst() + [""]) {
      if word == "--config", !next.isEmpty { return next }
      if word.hasPrefix("--config=") { return String(word.dropFirst("--config=".count)) }
    }
    return variable.flatMap { $0.isEmpty ? nil : $0 }
  }
}
