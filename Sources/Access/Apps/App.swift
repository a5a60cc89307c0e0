// An app as the configuration names it, or as an administrator has approved it.

package import Mailboxes
package import SMTP

/// `[app.NAME]`: a program that sends, how it is recognised, and what it may do.
package struct App: Sendable, Equatable {
  /// How an app may name the entity of a message.
  package enum Choice: String, Sendable, CaseIterable {
    /// The field `X-Letterhead-Entity`.
    case header
    /// `erp+brandb` as the user name at sign-in.
    case user
    /// `anything+brandb@…` as the envelope's sender.
    case address
  }

  /// What becomes of its messages.
  package enum Mode: Sendable, Equatable {
    case normal
    /// Accepted, and held until somebody releases them.
    case hold
    /// Kept as files, sent to nobody.
    case sandbox
    /// Sent to this address instead of their recipients.
    case redirect(Address)
  }

  package var name: String
  package var match: [AppPattern] = []
  /// It may also sign in, with a password of `letterhead app password`.
  package var signsIn = false
  /// CRAM-MD5 as well, for which an equivalent of its password is kept.
  package var signsInByCramMD5 = false
  /// The keys of those it may use, its own first. Empty: every one, by route.
  package var entities: [String] = []
  /// Envelope senders that it may use. Empty: any.
  package var senders: [SenderPattern] = []
  /// Recipients that it may write to. Empty: any.
  package var recipients: [SenderPattern] = []
  package var choose: [Choice] = []
  package var mode = Mode.normal
  package var limits = AppLimits()
  /// The same Message-ID to the same recipients again within this time is taken and dropped. `nil`: never.
  package var dedupe: Duration?
  /// More messages alike than this in ten minutes are held. `nil`: no guard.
  package var stormGuard: Int?
  /// By `letterhead app approve`, not by the configuration.
  package var isApprovedHere = false

  package init(name: String) { self.name = name }

  /// The addresses of the listeners that `match` names.
  var listeners: [String] {
    match.compactMap { if case .listener(let address) = $0 { address } else { nil } }
  }

  /// Whether an app can be called so: small letters, digits, `-` and `_`.
  package static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { octet in
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
          UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}

/// `[app.NAME.limits]`; `nil` is no limit.
package struct AppLimits: Sendable, Equatable {
  /// What becomes of a message beyond a limit.
  package enum Beyond: String, Sendable, CaseIterable {
    /// 451: the app tries again.
    case `defer`
    /// Accepted, held, and told.
    case hold
    /// 550.
    case refuse
  }

  package var messagesPerMinute: Int?
  package var messagesPerDay: Int?
  package var recipientsPerDay: Int?
  package var maxMessageOctets: Int?
  package var beyond = Beyond.defer

  package init() {}
}
