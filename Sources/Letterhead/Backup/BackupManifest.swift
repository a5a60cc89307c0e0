// What a backup says of itself: the first file in it.

package import Foundation

package struct BackupManifest: Codable, Equatable, Sendable {
  package enum Key: String, Codable, Sendable {
    case included
    /// It is in the state directory, and was not asked for.
    case leftOut = "left_out"
    /// The relay has it as a systemd credential, which no command can read.
    case credential
    /// Nothing was ever sealed.
    case none
  }

  static let name = "manifest.json"
  static let presentFormat = 1

  package var format = BackupManifest.presentFormat
  package let madeAt: Date
  /// The version that made it.
  package let letterhead: String
  package let host: String
  /// A relay was at work, which may have delivered since what is queued here.
  package let wasLive: Bool
  package let key: Key
  package let spoolSchema: Int
  package let connectionsSchema: Int
  package let queued: Int
  package let failed: Int
  /// Named by the configuration, and not in the backup: certificates, keys, secrets.
  package let filesLeftOut: [String]

  package init(
    madeAt: Date, letterhead: String, host: String, wasLive: Bool, key: Key, spoolSchema: Int, connectionsSchema: Int,
    queued: Int, failed: Int, filesLeftOut: [String]
  ) {
    self.madeAt = madeAt
    self.letterhead = letterhead
    self.host = host
    self.wasLive = wasLive
    self.key = key
    self.spoolSchema = spoolSchema
    self.connectionsSchema = connectionsSchema
    self.queued = queued
    self.failed = failed
    self.filesLeftOut = filesLeftOut
  }

  package var json: [UInt8] {
    get throws {
      let encoder = JSONEncoder()
      encoder.keyEncodingStrategy = .convertToSnakeCase
      encoder.dateEncodingStrategy = .iso8601
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return Array(try encoder.encode(self)) + [0x0A]
    }
  }

  package init(json: [UInt8]) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.dateDecodingStrategy = .iso8601
    self = try decoder.decode(BackupManifest.self, from: Data(json))
  }
}
