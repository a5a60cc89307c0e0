// Who asks for a change, decides it or makes it, as requests and the audit list keep it.

/// A person, program or service, by a key that tells two of them apart and a name that people read.
///
/// Who somebody is, is the word of whoever let them in: the kernel for a user of this host, a sign-in for a web user or
/// an app. It is never what they call themselves.
package struct Requester: Sendable, Equatable {
  /// `uid:1000` for a user of this host, `web:anna`, `app:erp`, `service:backup.service`.
  package let key: String
  /// For a user who works with another user's rights, both: "root (mara)".
  package let name: String

  package init(key: String, name: String) {
    self.key = key
    self.name = name
  }

  /// A user of this host.
  package init(uid: UInt32, name: String) {
    self.init(key: "uid:\(uid)", name: name)
  }

  /// `nil` for everybody who is not a user of this host.
  package var uid: UInt32? { key.hasPrefix("uid:") ? UInt32(key.dropFirst(4)) : nil }

  /// As the audit list shows it: `mara (uid 1001)`, `Anna (web:anna)`.
  package var sentence: String { "\(name) (\(uid.map { "uid \($0)" } ?? key))" }
}

extension Requester: Codable {
  private enum CodingKeys: String, CodingKey { case key, name, uid }

  package init(from decoder: any Decoder) throws {
    let object = try decoder.container(keyedBy: CodingKeys.self)
    key =
      try object.decodeIfPresent(String.self, forKey: .key) ?? "uid:\(object.decode(UInt32.self, forKey: .uid))"
    name = try object.decode(String.self, forKey: .name)
  }

  /// `uid` is for programs that read `letterhead audit --json`, and for a command or relay that knows no keys yet.
  package func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(key, forKey: .key)
    try object.encode(name, forKey: .name)
    try object.encodeIfPresent(uid, forKey: .uid)
  }
}
