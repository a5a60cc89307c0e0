// A message beyond an app's limits: why, until when, and what the client is answered.

package import FoundationEssentials
import Platform
package import SMTP

/// One message that an app may not send now, or not at all.
package struct LimitExcess: Sendable, Equatable {
  /// Without a full stop: `erp has sent its 60 messages this minute`.
  package let sentence: String
  /// From when on it would be taken; `nil`: never, so the app must not try again.
  package let until: Date?
  private let isTooLarge: Bool

  init(_ sentence: String, until: Date?, isTooLarge: Bool = false) {
    self.sentence = sentence
    self.until = until
    self.isTooLarge = isTooLarge
  }

  /// - Returns: `nil` where it is accepted and held.
  package func reply(_ beyond: AppLimits.Beyond) -> Reply? {
    switch beyond {
    case .hold: nil
    case .defer where until != nil: Reply(451, EnhancedCode(4, 7, 1), sentence)
    case .defer, .refuse:
      isTooLarge ? Reply(552, EnhancedCode(5, 3, 4), sentence) : Reply(550, EnhancedCode(5, 7, 1), sentence)
    }
  }
}

extension LimitExcess {
  static func size(_ octets: Int, of app: String, limit: Int) -> Self {
    LimitExcess(
      "This message has \("octet".counted(octets)), and max_message_bytes in [app.\(app).limits] is \(limit)",
      until: nil, isTooLarge: true)
  }

  /// It would not fit into an empty day.
  static func recipientsOfOne(_ count: Int, of app: String, limit: Int) -> Self {
    LimitExcess(
      "This message has \("recipient".counted(count)), and recipients_per_day in [app.\(app).limits] is \(limit)",
      until: nil)
  }

  static func recipients(_ count: Int, of app: String, left: Int, limit: Int, until time: Date) -> Self {
    LimitExcess(
      left == 0
        ? "\(app) has written to its \("recipient".counted(limit)) in 24 hours"
        : "\(app) has \(left) of its \("recipient".counted(limit)) in 24 hours left, and this message has \(count)",
      until: time)
  }
}
