// Where SMTP is closed and the provider takes mail by HTTPS as well: how to go that way.

package import Mailboxes

extension Mailbox {
  /// What to do in place of SMTP, where `fault` says that it is switched off for the mailbox, or that its port is blocked.
  ///
  /// - Returns: `nil` where nothing else is known, or SMTP is not what is wrong.
  package func otherWay(after fault: Fault) -> String? {
    guard given.offersOtherWay == true, provider.transport == .smtp, let api = provider.api, fault.isAboutSMTP else {
      return nil
    }
    let command = ConnectCommand(mailbox: self, way: signsInByToken ? .same : .oauth, transport: api.transport)
    return
      "Without SMTP, mail goes by \(api.transport.label) over HTTPS, which wants a sign-in of its own: \(command.text)"
  }
}

extension Fault {
  /// Switched off there, or no port can be reached; what is wrong with a name or a password is wrong everywhere.
  fileprivate var isAboutSMTP: Bool {
    upstream.lowercased().contains("smtpclientauthentication is disabled")
      || self.class == .network && summary.contains(" port ")
  }
}
