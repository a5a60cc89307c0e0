// Lines that break at the end of a message, where nobody can tell whether it was taken: under `unknown_outcome = "check"`
// what is in Sent is not sent again, and what is not is.

import Foundation

extension Torture {
  /// Until what was not taken is sent again: the third look, 300 s after its end, and some time.
  private static let lastLook = 360.0

  func cutAtTheEnd() throws {
    let (certificate, key) = try selfSigned()
    let sent = try SentMailbox(certificate: certificate, key: key)
    defer { sent.stop() }
    var provider = Sink.Settings()
    (provider.sent, provider.password) = (sent, "sesame")
    let trial = try trial(provider: provider) {
      ($0.password, $0.authority) = ("sesame", certificate)
      $0.configuredEntity = "unknown_outcome = \"check\"\nimap = \"localhost:\(sent.port)\""
    }
    defer { trial.end() }
    _ = try trial.relay.startAndGreet()
    let result = try cut(trial)
    // All that is unknown is written down by now, and outlives this.
    trial.relay.kill()
    _ = try trial.relay.startAndGreet()
    let isEmpty = trial.isEmpty(within: isQuick ? 60 : Self.lastLook)
    let account = trial.account(result)
    find(
      "cut at the end of a message, \(trial.sink.manners.atEnd) times, under check",
      account.nothingLost && account.twice == 0 && isEmpty
        && trial.sink.manners.atEnd == cuts.reduce(0) { $0 + $1.times },
      "\(account.text); the queue is \(isEmpty ? "empty" : "not empty")")
  }

  private struct Cuts {
    let fault: Fault
    let concealed: Set<String>
    let times: Int
  }

  /// What is not taken waits for the last look, which takes too long for the short torture.
  private var cuts: [Cuts] {
    if isQuick { return [Cuts(fault: .lostAfterEnd, concealed: ["CHUNKING", "PIPELINING"], times: 12)] }
    return [Fault.lostAfterEnd, .lostBeforeEnd].flatMap { fault in
      [
        Cuts(fault: fault, concealed: ["CHUNKING", "PIPELINING"], times: 125),
        Cuts(fault: fault, concealed: ["CHUNKING"], times: 75), Cuts(fault: fault, concealed: [], times: 50),
      ]
    }
  }

  /// A steady trickle of mail, of which every end is cut until there were enough.
  private func cut(_ trial: Trial) throws -> LoadResult {
    trial.startLoad {
      $0.clients = 2
      $0.perSecond = 5
    }
    let end = now() + UInt64.seconds(900)
    for cuts in cuts {
      trial.sink.manners.conceal(cuts.concealed)
      trial.sink.manners.misbehave(cuts.fault, at: .end, times: cuts.times)
      while trial.sink.manners.done < cuts.times, now() < end {
        // A line that broke makes it wait before the next.
        try trial.relay.command("queue", "retry", "--all")
        usleep(100_000)
      }
      tell("\(trial.sink.manners.atEnd) ends cut, \(trial.sink.count) arrived")
    }
    trial.sink.manners.behave()
    let result = trial.stopLoad()
    usleep(2_000_000)
    return result
  }

  private func selfSigned() throws -> (certificate: String, key: String) {
    let directory = try freshDirectory()
    let (certificate, key) = (directory + "/sent.pem", directory + "/sent.key")
    try Child.run(
      [
        "/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
        "2",
        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
      ], log: directory + "/openssl.log")
    return (certificate, key)
  }
}
