// SIGTERM and SIGINT end the relay, SIGHUP reloads its configuration; and who has sent them.

import Dispatch
import Glibc
import Logs
import Mailboxes
import Platform

/// What a signal asks of the relay, and who has sent it.
package struct RelaySignal: Sendable {
  enum Order: Sendable { case stop, reload }

  let order: Order
  let sender: SignalSender
}

/// Who has sent a signal.
struct SignalSender: Equatable, Sendable {
  let requester: Requester
  /// `nil`: there is none, or it is outside of this container.
  let pid: Int32?
  /// `nil`: the process had ended before it could be looked at.
  let program: String?

  /// - Parameter users: other users are not looked up, since a directory server may be away; nearly always nobody but root
  ///   and the relay's own user may send it a signal.
  init(of signal: CaughtSignal, among users: [Requester], program: (Int32) -> String? = OtherProcess.program) {
    guard let sender = signal.sender else {
      (requester, pid, self.program) = (Requester(key: "terminal", name: "terminal"), nil, nil)
      return
    }
    requester = users.first { $0.uid == sender.uid } ?? Requester(uid: sender.uid, name: "uid \(sender.uid)")
    pid = sender.pid
    self.program = pid.flatMap(program)
  }

  /// For the log.
  var fields: LoggedFields {
    [.user: requester.name, .uid: requester.uid.map { "\($0)" }, .program: program, .pid: pid.map { "\($0)" }]
  }

  /// For the audit list, which names the user as well: `systemd (pid 1)`.
  var sentence: String {
    guard let pid else { return requester.uid == nil ? "Ctrl-C" : "a process outside of this container" }
    return program.map { "\($0) (pid \(pid))" } ?? "pid \(pid)"
  }
}

package enum Signals {
  /// The signals from now on. To be called once, before anything else is started: until then a signal ends the process.
  package static func stream() -> AsyncStream<RelaySignal> {
    let (stream, continuation) = AsyncStream.makeStream(of: RelaySignal.self)
    let users = [0, geteuid()].map { Requester(uid: $0) }
    let pipe = SignalPipe(of: [SIGTERM, SIGINT, SIGHUP])
    let source = DispatchSource.makeReadSource(fileDescriptor: pipe.descriptor, queue: .global())
    source.setEventHandler {
      while let signal = pipe.next() {
        let sender = SignalSender(of: signal, among: users)
        continuation.yield(RelaySignal(order: signal.number == SIGHUP ? .reload : .stop, sender: sender))
      }
    }
    source.activate()
    keep(source)
    return stream
  }

  /// A source is cancelled when it is released; this one is never released.
  private static func keep(_ source: any DispatchSourceRead) {
    _ = Unmanaged.passRetained(source as AnyObject)
  }
}
