// Calls and replies on a stream: one line of JSON asks, lines of JSON answer, and the last of them says how it ended.

package import Foundation

/// The line that asks: a call, and what the relay has to know before it takes one.
package struct ControlFrame: Sendable, Codable {
  package static let version = 2
  /// Of an administrator's line, its end included. Certificates and keys are in it.
  package static let lineLimit = 1 << 20
  /// Of anybody else's.
  package static let memberLineLimit = 64 << 10

  package var version = Self.version
  /// Who runs the command, by its own word: "root (mara)" after `sudo`. Believed of root only, for the audit list.
  package var name: String?
  /// The state directory that is meant, as the caller sees it; `nil` where it cannot see it.
  package var state: FileIdentity?
  /// The configuration that the caller has named, absolute and without links where it can see it; `nil`: it named none.
  package var configuration: String?
  package var call: ControlCall

  package init(
    _ call: ControlCall, name: String? = nil, state: FileIdentity? = nil, configuration: String? = nil
  ) {
    self.call = call
    self.name = name
    self.state = state
    self.configuration = configuration
  }

  /// With its end.
  package var line: [UInt8] { get throws { try ControlJSON.line(self) } }

  /// - Throws: `ControlRefusal.otherVersion`, or `.notACall` for anything else that is none. What the decoder says may
  ///   quote a secret and is dropped.
  package init(line: Data) throws(ControlRefusal) {
    guard let version = try? ControlJSON.read(FrameVersion.self, from: line).version else { throw .notACall }
    guard version == Self.version else { throw .otherVersion(version) }
    guard let frame = try? ControlJSON.read(ControlFrame.self, from: line) else { throw .notACall }
    self = frame
  }

  /// The one thing that a frame of every version has.
  private struct FrameVersion: Decodable { let version: Int }
}

extension ControlReply {
  /// With its end.
  package var line: [UInt8] { get throws { try ControlJSON.line(self) } }

  package init(line: Data) throws { self = try ControlJSON.read(ControlReply.self, from: line) }
}

/// A file or directory, by whichever path one comes to it.
package struct FileIdentity: Sendable, Equatable, Codable {
  let device: UInt64
  let inode: UInt64

  /// - Returns: `nil` for what is not there, or may not be seen.
  package init?(ofFileAt path: String) {
    var found = stat()
    guard stat(path, &found) == 0 else { return nil }
    (device, inode) = (UInt64(found.st_dev), UInt64(found.st_ino))
  }
}

/// Both directions' JSON: times are seconds since 1970.
private enum ControlJSON {
  static func line(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .secondsSince1970
    return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
  }

  static func read<Value: Decodable>(_ type: Value.Type, from line: Data) throws -> Value {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .secondsSince1970
    return try decoder.decode(type, from: line)
  }
}
