// What a server is asked over HTTP, and within which bounds.

package import FoundationEssentials

package struct HTTPRequest: Sendable {
  /// What is sent after the header.
  package enum Body: Sendable {
    case none
    case octets([UInt8])
    /// Asked of `next` piece by piece, at the speed at which the server takes them; `nil` ends the body. One piece at most
    /// is in memory. An error that `next` throws ends the transfer as `HTTPError.noBody`.
    ///
    /// `length`: of the whole body in octets; without it the body is sent in chunks (RFC 9112 §7.1).
    case pieces(length: Int64?, next: @Sendable () async throws -> [UInt8]?)
  }

  package var method: String
  package var url: URL
  /// In this order on the wire. `Content-Length` is not among them: the body says it.
  package var fields: [(name: String, value: String)] = []
  package var body = Body.none
  /// For everything, from the look-up of the name to the last octet of the answer.
  package var timeLimit: Duration
  /// Of the answer, head and body together, in octets.
  package var longestAnswer: Int
  /// Certificates that are trusted besides the system's.
  package var authoritiesPEM: String?

  package init(_ method: String, _ url: URL, within timeLimit: Duration, longestAnswer: Int = 1 << 20) {
    self.method = method
    self.url = url
    self.timeLimit = timeLimit
    self.longestAnswer = longestAnswer
  }

  /// RFC 9110 §9.2.2. A connection that was used before may be dead already; then libcurl sends the request again over
  /// another, not knowing what the server made of the first. What must not arrive twice gets a connection of its own.
  var isIdempotent: Bool { ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"].contains(method) }

  /// Neither the method nor a field can end its line and begin another.
  var isWellFormed: Bool {
    let texts = [method] + fields.flatMap { [$0.name, $0.value] }
    return texts.allSatisfy { text in text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 } }
      && fields.allSatisfy { !$0.name.isEmpty && !$0.name.contains { ":; \t".contains($0) } }
  }
}
