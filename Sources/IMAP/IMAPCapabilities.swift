// What a server offers, as far as filing and looking need to know.

import SMTP

package struct IMAPCapabilities: Equatable, Sendable {
  /// In capitals.
  private var names: Set<String>

  package init(_ names: some Sequence<String>) { self.names = Set(names.map { $0.uppercased() }) }

  package init() { names = [] }

  package func has(_ name: String) -> Bool { names.contains(name) }

  package func takes(mechanism: String) -> Bool { names.contains("AUTH=\(mechanism)") }

  /// A literal of so many octets may be written without waiting for the server (RFC 7888).
  package func takesAtOnce(_ octets: Int) -> Bool { has("LITERAL+") || has("LITERAL-") && octets <= 4096 }

  /// The largest message that may be appended (RFC 7889); `nil`: not told.
  package var appendLimit: Int? {
    names.first { $0.hasPrefix("APPENDLIMIT=") }.flatMap { Int($0.dropFirst("APPENDLIMIT=".count)) }
  }
}
