// Whether a mailbox's server answers as it should, before anybody signs in.

package import Mailboxes

package struct UpstreamCheck: Equatable, Sendable {
  package enum Ending: Equatable, Sendable {
    case answers
    case failed(summary: String, remedy: String)
    /// Another port of the same server answers.
    case onlyOn(port: UInt16)
    /// Within the time that was given.
    case noAnswer
    /// It is not known which server the entity's mailbox has.
    case unseen

    /// Without anybody's words.
    var word: String {
      switch self {
      case .answers: "answers"
      case .failed: "failed"
      case .onlyOn(let port): "answers on port \(port) only"
      case .noAnswer: "no answer"
      case .unseen: "not seen"
      }
    }
  }

  package let entity: String
  package let server: Server?
  /// What was reached before it ended, in order.
  package let steps: [String]
  package let ending: Ending
  /// Numeric.
  var addresses: [String] = []
  /// `TLSv1.3`.
  var tlsVersion: String?

  var finding: DoctorFinding {
    let place = server.map { "\($0.host):\($0.port)" } ?? "the server"
    switch ending {
    case .answers: return DoctorFinding(.upstream, .ok, "\(entity): \(place) answers, and is who it says.")
    case .unseen:
      return DoctorFinding(
        .upstream, .note, "\(entity): its server is not known to this user. To test it too, run this as root.")
    case .noAnswer:
      return DoctorFinding(
        .upstream, .error, "\(entity): \(place) does not answer in time.", run: "letterhead test \(entity)")
    case .onlyOn(let port):
      return DoctorFinding(
        .upstream, .error, "\(entity): \(place) does not answer from here, and port \(port) of it does.",
        run: "letterhead reconnect \(entity)")
    case .failed(let summary, let remedy):
      return DoctorFinding(
        .upstream, .error, "\(entity): \(summary)",
        run: MailboxCheck.command(in: remedy) ?? "letterhead test \(entity)")
    }
  }
}
