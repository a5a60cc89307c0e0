// A provider without sockets, for tests of whatever sends mail: it answers by a rule and remembers what it was sent.

package import Diagnosis
package import Mailboxes
import Synchronization
package import Transport

/// What the provider does in place of taking what it is asked.
package enum InMemoryAnswer: Sendable, ExpressibleByStringInterpolation {
  /// As a server writes it: `550 5.1.1 No such user`.
  case reply(String)
  /// The line breaks.
  case hangUp
  case failure(TransportError)

  /// The empty string hangs up.
  package init(stringLiteral text: String) { self = text.isEmpty ? .hangUp : .reply(text) }
}

/// Any number of sessions in any order. What it is asked reads like SMTP: `(greeting)`, `AUTH`, `MAIL FROM:<a@b>`,
/// `RCPT TO:<c@d>`, `(message) …` with header and body, `RSET`, `QUIT`.
package final class InMemoryProvider: Sendable {
  package struct Arrival: Sendable, Equatable {
    package let session: Int
    package let sender: String
    package let recipients: [String]
    package let text: String

    package var subject: String {
      let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Subject: ") } ?? ""
      return String(line.dropFirst(9))
    }
  }

  /// `nil`: it takes what it is asked. A rule may wait before it answers, for a moment of manual time or for a gate.
  package typealias Rule = @Sendable (_ request: String, _ session: Int) async -> InMemoryAnswer?

  private struct State {
    var rule: Rule
    var sessions = 0
    var lines: [Int: InMemoryLine] = [:]
    var mostOpen = 0
    var arrivals: [Arrival] = []
    var requests: [String] = []
  }

  let capabilities: Capabilities
  /// How many messages a session takes before it has answered the first of them.
  let messagesUnderWay: Int
  /// `nil`: nobody may look into it.
  let sent: InMemorySent?
  private let state: Mutex<State>

  package init(
    capabilities: Capabilities = Capabilities(), messagesUnderWay: Int = 8, sent: InMemorySent? = nil,
    rule: @escaping Rule = { _, _ in nil }
  ) {
    self.capabilities = capabilities
    self.messagesUnderWay = messagesUnderWay
    self.sent = sent
    state = Mutex(State(rule: rule))
  }

  package var arrivals: [Arrival] { state.withLock { $0.arrivals } }
  /// How many sessions were begun so far, those included that came to nothing.
  package var sessions: Int { state.withLock { $0.sessions } }
  package var open: Int { state.withLock { $0.lines.count } }
  package var mostOpen: Int { state.withLock { $0.mostOpen } }
  package var requests: [String] { state.withLock { $0.requests } }

  package func count(of verb: String) -> Int { requests.count { $0.hasPrefix(verb) } }

  /// From now on it answers by this rule.
  package func answer(_ rule: @escaping Rule) { state.withLock { $0.rule = rule } }

  /// On everybody who is connected.
  package func hangUp() { state.withLock { Array($0.lines.values) }.forEach { $0.end(.hungUp) } }

  /// A way to it for one mailbox.
  ///
  /// - Parameter keepAlive: what comes of using the sign-in; `nil`: it needs no such use.
  package func transport(
    for mailbox: Mailbox, keepAlive: (@Sendable () async throws(TransportError) -> Void)? = nil
  ) -> InMemoryTransport {
    InMemoryTransport(mailbox: mailbox, provider: self, keepAlive: keepAlive)
  }

  // MARK: For sessions

  func connect() -> InMemoryLine {
    state.withLock { state in
      state.sessions += 1
      let line = InMemoryLine(number: state.sessions)
      state.lines[state.sessions] = line
      state.mostOpen = max(state.mostOpen, state.lines.count)
      return line
    }
  }

  func disconnect(_ line: InMemoryLine) { state.withLock { $0.lines[line.number] = nil } }

  func answer(to request: String, _ line: InMemoryLine) async -> InMemoryAnswer? {
    let rule = state.withLock { state in
      state.requests.append(request)
      return state.rule
    }
    return await rule(request, line.number)
  }

  func take(_ arrival: Arrival) { state.withLock { $0.arrivals.append(arrival) } }
}
