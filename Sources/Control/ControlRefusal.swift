// Why a call is not answered, in facts, and the one sentence that each makes.

package import Access
package import Mailboxes
import Platform

package enum ControlRefusal: Error, Equatable, Sendable {
  case notAllowed(AccessRefusal, name: String)
  case justificationMissing
  case reasonMissing
  case noEntity(String)
  case noProvider(String)
  case noTransport(String, at: String)
  case noMailbox(entity: String)
  case fromContainer
  case localProof
  case noApp(String)
  case noAddress(String)
  case noSender(String)
  case senderIsApp(String, app: String)
  case senderIsAnybody(String)
  case entityIsClosed(String, pattern: String)
  case appName(String)
  case appIsConfigured(String)
  case appIsApproved(String, pattern: String)
  case noMessage(Int64)
  /// Nothing, or not all, can be read of it.
  case unreadable(Int64)
  /// It cannot be sent as it is, and why not.
  case cannotGoOut(Int64, String)
  /// Without a mailbox it is not known how the message would go out.
  case noIdentity(Int64)
  case notOnHold(String, heldByHand: Int)
  case unfit(Mailbox.Unfit)
  case renewal(Mailbox.RenewalFault, entity: String)
  /// Nobody here can answer it: there is no status without a relay.
  case notRunning
  case notACall
  case otherVersion(Int)
  /// The relay at this socket works on another state directory than the command.
  case otherState(String)
  /// The relay at this socket has read another configuration than the command names.
  case otherConfiguration(String, named: String)
  case tooLong(limit: Int)
  case busy
}

extension ControlRefusal: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notAllowed(let refusal, let name): refusal.sentence(for: name)
    case .justificationMissing:
      "This needs an administrator's approval. Say why, on one line of at most 1000 octets: --justification TEXT"
    case .reasonMissing: "Say why, on one line of at most 1000 octets: --reason TEXT"
    case .noEntity(let key): "The relay knows no entity \"\(key)\". Look into its configuration, and reload it."
    case .noProvider(let name):
      "The relay knows no provider \"\(name)\". Look into its configuration, and reload it."
    case .noTransport(let name, let label):
      "\(label) has no \(name) here. Look into the relay's configuration, or connect by SMTP: --transport smtp"
    case .noAddress(let text):
      "\(text.prefix(128).description.harmless()) is no mail address. Write erp@acme.example, or root."
    case .senderIsApp(let key, let app):
      "\(key) is matched by [app.\(app)] of the configuration, which goes before what is decided here: take it out of "
        + "match there, and reload."
    case .senderIsAnybody(let key):
      "\(key) is every program of this host that nothing tells apart, so it cannot be approved as one app. Add an [app.…] to "
        + "the configuration that says who it is (user:, unit:), or with match = [\"\(key)\"] if all of them may send."
    case .entityIsClosed(let entity, let pattern):
      "[entity.\(entity)] names in allow who may send as it, and \(pattern) is not among them: add \"\(pattern)\" there, "
        + "and reload."
    case .noMailbox(let entity): "\(entity) has no connected mailbox. Run: letterhead connect \(entity) --help"
    case .fromContainer:
      "A program in a container may not ask this host's relay. Run the command on the host."
    case .localProof:
      "The relay would read that file, or run that program, as its own user, so nobody but root and that user may name it "
        + "with --client-assertion-file or --client-secret-command. Run the command as root."
    case .noApp(let name):
      "The relay knows no app \"\(name)\". `letterhead app list` shows those it knows; add [app.\(name)] to its "
        + "configuration, and reload it."
    case .noSender(let key):
      "\"\(key)\" is no key of an unknown sender. `letterhead app pending` shows them."
    case .appName(let name):
      "\"\(name)\" cannot be the name of an app. Write it in small letters, digits, - and _: --name erp"
    case .appIsConfigured(let name):
      "[app.\(name)] stands in the configuration. Add the sender to its match there and reload, or choose another --name."
    case .appIsApproved(let name, let pattern):
      "\(name) is the name of another app that was approved here (\(pattern)). Choose another --name."
    case .noMessage(let id):
      "There is no message \(id) here, or no longer. `letterhead queue` shows what waits."
    case .unreadable(let id):
      "The octets of message \(id) cannot be read. See what is known of it with: letterhead queue show \(id)"
    case .cannotGoOut(let id, let words):
      "Message \(id) cannot go out as it is: \(words.harmless()) As it was received: letterhead queue export \(id) "
        + "--as-received"
    case .noIdentity(let id):
      "No mailbox is connected for message \(id), so nobody knows how it would go out. As it was received: letterhead queue "
        + "export \(id) --as-received"
    case .notOnHold(let entity, let count):
      "\(entity) is not held." + (count > 0 ? " \(Self.heldByHand(count, of: entity))" : "")
    case .unfit(let unfit): unfit.sentence
    case .renewal(.secretMissing(let option), let entity):
      "What is saved is not used again, because it was refused or is to be replaced. Give it anew: letterhead reconnect "
        + "\(entity) \(option) -"
    case .renewal(.elsewhere, let entity):
      "A saved secret goes nowhere but to the server and the app it was given for. Connect with all of them: letterhead "
        + "connect \(entity) --help"
    case .notRunning: "The relay is not running. Start it: \(ServiceCommands.here.start)"
    case .notACall: "The relay did not understand this command. Use the letterhead of the same version."
    case .otherVersion(let version):
      "This command speaks version \(version) of the admin protocol, the relay version \(ControlFrame.version). Use the "
        + "letterhead that the relay was started from."
    case .otherState(let path):
      "The relay that answers here works on \(path), and the configuration names another state_dir. Name the relay's "
        + "own configuration with --config."
    case .otherConfiguration(let path, let named):
      "The relay that answers here runs with \(path), and not with \(named), which names the same status_file or state_dir. "
        + "Nothing was done. To mean this relay, add: --config \(path)"
    case .tooLong(let limit):
      "The command is too long for the relay (\(limit >> 10) KiB with certificates and keys, or message numbers). Give "
        + "it fewer at once, or run it as an administrator."
    case .busy: "Too many commands are waiting for the relay. Try again in a minute."
    }
  }
}

extension ControlRefusal {
  /// Of messages that are held one by one.
  static func heldByHand(_ count: Int, of entity: String) -> String {
    "\(count == 1 ? "1 message of \(entity) is" : "\(count) messages of \(entity) are") held one by one. To let go of them, "
      + "run: letterhead queue release --all --entity \(entity)"
  }
}

extension Mailbox.Unfit {
  fileprivate var sentence: String {
    switch self {
    case .text(let option):
      "What is given for \(option) is too long, or holds characters that do not belong there. Write it on one line."
    case .clear: "Mail and sign-in would go out in clear; security none works to this host only."
    case .date: "The sign-in or its certificate ends at a time that is no date."
    }
  }
}
