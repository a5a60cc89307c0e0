// A limit that a provider has taught by refusing. Pure: time is handed in.

import Foundation

/// Grows by a tenth each ten minutes, and is forgotten after a day. Its names are those of the stored record.
struct LearnedLimit: Codable, Equatable, Sendable {
  static let lasts = Duration.seconds(24 * 3600)
  static let growsAfter = Duration.seconds(600)
  private static let growth = 1.1

  var value: Int
  var since: Date

  func isOver(at now: Date) -> Bool { now - since >= Self.lasts }

  func grown(at now: Date) -> Int {
    let steps = ((now - since) / Self.growsAfter).rounded(.down)
    return Int(min(Double(value) * pow(Self.growth, max(steps, 0)), 1_000_000))
  }

  /// When it has grown to the usual limit; `nil`, and at the latest: when it is forgotten.
  func end(growingTo usual: Int?) -> Date {
    guard let usual else { return since + Self.lasts }
    let steps = (log(Double(usual) / Double(value)) / log(Self.growth)).rounded(.up)
    return since + min(Self.growsAfter * max(steps, 0), Self.lasts)
  }
}
