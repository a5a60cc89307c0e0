// A short mail from Letterhead to its administrators.

package import FoundationEssentials
package import SMTP

package struct Notice: Sendable {
  /// Unique in this relay.
  package var id: String
  package var hostname: String
  /// Who it is from. It is rewritten like every message when it goes out.
  package var from: Address
  package var to: [Address]
  package var subject: String
  package var lines: [String]

  package init(id: String, hostname: String, from: Address, to: [Address], subject: String, lines: [String]) {
    self.id = id
    self.hostname = hostname
    self.from = from
    self.to = to
    self.subject = subject
    self.lines = lines
  }

  /// With the null sender, so that no machine answers.
  package var envelope: Envelope { Envelope(sender: nil, recipients: to) }

  /// The whole message, ready for `Spool.accept`: all ASCII, lines ended by CRLF.
  package func message(now: Date) -> [UInt8] {
    let subject = String(subject.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f })
    let own = Header.own(from: from, to: to, subject: subject, id: id, hostname: hostname, now: now)
    var message = Header(fields: own.fields + Header.ofSentences).serialized()
    message += Header.sentences(lines + [""])
    return message
  }
}
