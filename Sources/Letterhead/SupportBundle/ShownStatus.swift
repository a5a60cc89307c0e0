// The status as a support bundle shows it: states, classes, numbers and times. What people have written and what providers
// have said is left out.

import Foundation
import Mailboxes
import Status

struct ShownStatus: Encodable {
  struct ShownEntity: Encodable {
    let state: String
    let address: String?
    let provider: String?
    let faultClass: String?
    let faultSince: Date?
    /// Its codes alone.
    let upstream: String?
    let pausedUntil: Date?
    let expiries: [Date]
    let queue: EntityStatus.Queue
    let totals: EntityStatus.Totals
    let lastDeliveredAt: Date?

    init(_ status: EntityStatus, _ digest: AddressDigest) {
      state = status.state.rawValue
      address = status.address.flatMap { digest.shown($0) }
      provider = status.provider.flatMap { PlainWord.name($0) }
      faultClass = status.error?.class.rawValue
      faultSince = status.error?.since
      upstream = status.error.flatMap { PlainWord.reply($0.upstream) }
      pausedUntil = status.pausedUntil
      expiries = status.warnings.map(\.expires)
      queue = status.queue
      totals = status.totals
      lastDeliveredAt = status.lastDeliveredAt
    }
  }

  struct Problem: Encodable {
    let problemClass: String
    let since: Date
  }

  struct ShownApp: Encodable { let accepted, held, refused, duplicates, messagesToday: Int }

  let version: String?
  let startedAt: Date
  let updatedAt: Date
  let state: String
  let entities: [String: ShownEntity]
  let problems: [Problem]
  let apps: [String: ShownApp]

  init(_ snapshot: Snapshot, _ digest: AddressDigest) {
    version = PlainWord.version(snapshot.version)
    startedAt = snapshot.startedAt
    updatedAt = snapshot.updatedAt
    state = snapshot.state.rawValue
    entities = Self.named(snapshot.entities) { ShownEntity($0, digest) }
    problems = snapshot.problems.map { Problem(problemClass: $0.class.rawValue, since: $0.since) }
    apps = Self.named(snapshot.apps) {
      ShownApp(
        accepted: $0.accepted, held: $0.held, refused: $0.refused, duplicates: $0.duplicates,
        messagesToday: $0.messagesToday)
    }
  }

  private static func named<Value, Shown>(_ values: [String: Value], _ shown: (Value) -> Shown) -> [String: Shown] {
    Dictionary(values.map { (PlainWord.name($0.key) ?? "(a name)", shown($0.value)) }) { first, _ in first }
  }

  var json: String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.dateEncodingStrategy = .iso8601
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) + "\n" } ?? ""
  }
}
