// The ways out of a connected mailbox.

package enum TransportKind: String, Sendable, Codable, CaseIterable {
  /// SMTP submission.
  case smtp
  /// Microsoft Graph.
  case graph
  case gmailAPI = "gmail-api"

  /// In sentences.
  package var label: String {
    switch self {
    case .smtp: "SMTP"
    case .graph: "Microsoft Graph"
    case .gmailAPI: "the Gmail API"
    }
  }
}

extension Mailbox {
  /// In the status file and on the command line.
  package var transportName: String {
    provider == .sandbox ? Provider.sandbox.name : provider.transport.rawValue
  }
}
