// Who has sent a signal, in words and fields.

import Logs
import Mailboxes
import Platform
import Testing

@testable import Letterhead

@Suite struct `Who has sent a signal` {
  private static let users = [Requester(uid: 0, name: "root"), Requester(uid: 998, name: "letterhead")]

  @Test(
    arguments: [
      (.init(uid: 0, pid: 1), "systemd", "root (uid 0)", "systemd (pid 1)"),
      (.init(uid: 998, pid: 4711), nil, "letterhead (uid 998)", "pid 4711"),
      (.init(uid: 1001, pid: 4711), "kill", "uid 1001 (uid 1001)", "kill (pid 4711)"),
      (.init(uid: 0, pid: nil), "never looked at", "root (uid 0)", "a process outside of this container"),
      (nil, "never looked at", "terminal (terminal)", "Ctrl-C"),
    ] as [(CaughtSignal.Sender?, String?, String, String)])
  func `is told`(sender: CaughtSignal.Sender?, program: String?, user: String, sentence: String) {
    let known = SignalSender(of: CaughtSignal(number: 15, sender: sender), among: Self.users) { _ in program }
    #expect(known.requester.sentence == user && known.sentence == sentence)
    let fields = known.fields.metadata.mapValues { "\($0)" }
    #expect(fields["user"] == known.requester.name && fields["uid"] == sender.map { "\($0.uid)" })
    #expect(fields["pid"] == sender?.pid.map { "\($0)" } && fields["program"] == (sender?.pid == nil ? nil : program))
  }
}
