// The one kind of request a browser makes of us: a GET, read as far as its header goes. RFC 9112.

import Sockets

struct BrowserRequest: Equatable {
  private static let longest = 65_536

  var method: String
  var path: String
  var query: String
  /// As the Host field has it, port included.
  var host: String

  /// - Returns: `nil` for what is no request, is too long, or takes longer than ten seconds.
  static func receive(from connection: Connection) async -> BrowserRequest? {
    let deadline = Instant.now + .seconds(10)
    var header: [UInt8] = []
    while header.count <= longest {
      guard await (try? connection.receive(until: deadline) { header += $0 }) != nil else { return nil }
      if let end = header.firstRange(of: Array("\r\n\r\n".utf8)) { return BrowserRequest(header[..<end.lowerBound]) }
    }
    return nil
  }

  init?(_ header: some Sequence<UInt8>) {
    // Swift takes CRLF for one character.
    let lines = String(decoding: Array(header), as: UTF8.self).split(separator: "\r\n")
    guard let first = lines.first?.split(separator: " ", omittingEmptySubsequences: false), first.count == 3,
      first[2].hasPrefix("HTTP/1."), first[1].hasPrefix("/")
    else { return nil }
    let target = first[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let hosts = lines.dropFirst().compactMap { line -> String? in
      let parts = line.split(separator: ":", maxSplits: 1)
      return parts.count == 2 && parts[0].lowercased() == "host" ? parts[1].filter { $0 != " " && $0 != "\t" } : nil
    }
    guard hosts.count == 1 else { return nil }
    (method, path) = (String(first[0]), String(target[0]))
    query = target.count > 1 ? String(target[1]) : ""
    host = hosts[0].lowercased()
  }
}
