// A limit that a provider has taught by refusing. Pure: time is handed in.

import Foundation

/// Grows by a tenth each ten minutes, and is forgotten after a day. Its names are those of the stored record.
struct LearnedLimit: Codable, Equatable, Sendable {
  static let lasts = Duration.seconds(24 * 3600)
  static let growsAfter = Duration.seconds(600)

  var value: Int
  var since: Date

  func isOver(at now: Date) -> Bool { now - since >= Self.lasts }

  func grown(at now: Date) -> Int {
    let steps = ((now - since) / Self.growsAfter).rounded(.down)
    return Int(min(Double(value) * pow(1.1, max(steps, 0)), 1_000_000))
  }
}
