// The fields of the log's lines, named once: one name for a thing, whichever event it belongs to. In the order in which a
// line has them.

/// What a field of a line holds.
package enum LogField: String, CaseIterable, Sendable {
  case id, entity, app, who, client, listener
  case act, user, uid, messages, ids, request, match
  case sender, recipients
  case messageID = "message_id"
  case receivedID = "received_id"
  case octets, mailbox, attempt, outcome, delay, held, until
  case `class`, reply, reason, remedy
  case mode, cause, test, term
  case file, address, keys, alert, output, version, program, pid
}

extension LogField {
  package var sentence: String {
    switch self {
    case .id: "The message's number in the queue, as `letterhead queue show` takes it."
    case .entity: "The entity."
    case .app: "The app's name in the configuration."
    case .who: "Who has handed it in, by the kernel's word: uid, unit or container."
    case .client: "The client's address; `local` at a unix socket."
    case .listener: "The listener, as the configuration writes it."
    case .act: "What a person did: the command without its options."
    case .user: "Who did it: the user's name; at a sign-in that was refused, the name that was tried."
    case .uid: "Who did it, or whose file it is: the user's number."
    case .messages: "How many messages."
    case .ids: "Which messages: `17,20-31`. Many are told in several lines, and of very many how many more there are."
    case .request: "The number of a request, as `letterhead requests` shows it."
    case .match: "The pattern by which an app is recognised, or the sender that it is about."
    case .sender: "The envelope's sender as the app gave it; `<>` is the null sender."
    case .recipients: "The envelope's recipients: the first few, and `+` how many more."
    case .messageID: "The header field Message-ID, as the app gave it or as Letterhead adds it."
    case .receivedID: "The id in the Received field that Letterhead puts on top."
    case .octets: "How long the message is as kept, with our Received field on top; where it broke off, what came."
    case .mailbox: "The address as which the message goes out."
    case .attempt: "The number of the attempt, from 1."
    case .outcome: "What came of it for how many recipients: `delivered:2,failed:1`; of a self-test, what was found."
    case .delay: "Seconds from the acceptance to this outcome."
    case .held: "Why a message is held from the beginning."
    case .until: "The time, universal, until which it waits."
    case .class: "The class of the fault, as in the status file."
    case .reply: "The words of an SMTP reply: the relay's to a client, the provider's about a message."
    case .reason: "Why, in the relay's words or the system's."
    case .remedy: "What to do."
    case .mode: "What a queue does from now on."
    case .cause: "What has changed it."
    case .test: "Which self-test."
    case .term: "Which lease of the message."
    case .file: "A file or folder."
    case .address: "A mail address, or the address of a socket."
    case .keys: "Keys of the configuration."
    case .alert: "What the alert tells: `raised`, `changed`, `cleared` or `request`."
    case .output: "What the alert command wrote to its standard error."
    case .version: "Letterhead's version."
    case .program: "The program that has asked, as the kernel calls it; none where it had ended already."
    case .pid: "The process: the relay's, or the one that has asked."
    }
  }

  /// In JSON a number; everything else is text.
  var isNumber: Bool {
    switch self {
    case .id, .uid, .messages, .request, .octets, .attempt, .delay, .term, .pid: true
    default: false
    }
  }

  /// Holds something that looks like a mail address and is none.
  var isNoAddress: Bool { self == .messageID }

  /// Holds one mail address and nothing else.
  var isOneAddress: Bool { self == .sender || self == .mailbox }

  private static let byName = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1.rawValue, ($0, $1)) })

  /// The field with its place in the line. Fields that nobody has declared come last.
  static func placed(_ name: String) -> (place: Int, field: LogField?) { byName[name] ?? (.max, nil) }
}
