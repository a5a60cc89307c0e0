// How a provider misbehaves: what goes wrong, at which moment of the conversation, how often. A good one until told.

import Synchronization

/// What the sink was about to answer.
enum Moment: String, Sendable, CaseIterable { case greeting, hello, mail, recipient, data, end, reset }

enum Fault: String, Sendable, CaseIterable {
  /// Not one octet more on this connection.
  case stall
  /// RST, and FIN.
  case reset, hangUp
  /// What was to be answered is lost, though done: the line breaks behind it.
  case lostAfterEnd
  /// The same, and at a message's end it is not done either: nothing tells the two apart.
  case lostBeforeEnd
  /// What no mail server says.
  case nonsense
  /// A reply that means something else.
  case wrongCode
  case unknownCode
  /// The right one, twice.
  case doubled
  /// The replies of a flight, the last first.
  case reversed
  /// The right one, an octet a segment.
  case dripping
  /// One line of 10 MiB.
  case longLine
  /// Lines that promise another one, 16 MiB of them.
  case endless

  /// Not taken by the provider either.
  var spoils: Bool {
    switch self {
    case .dripping, .doubled, .reversed: false
    default: true
    }
  }

  /// By RST.
  var breaksLine: Bool { [.reset, .lostAfterEnd, .lostBeforeEnd].contains(self) }

  var endsConversation: Bool {
    switch self {
    case .stall, .reset, .hangUp, .lostAfterEnd, .lostBeforeEnd, .endless, .longLine: true
    default: false
    }
  }

  func reply(insteadOf right: [UInt8], at moment: Moment) -> [UInt8] {
    switch self {
    case .stall, .reset, .hangUp, .lostAfterEnd, .lostBeforeEnd: []
    case .nonsense: Array("\u{1}\0HTTP/1.1 404 \u{7F}\r\n".utf8)
    case .wrongCode: Array((moment == .data ? "250 2.0.0 Ok\r\n" : "354 Go ahead\r\n").utf8)
    case .unknownCode: Array("299 What is this\r\n".utf8).map { moment == .end ? ($0 == 0x32 ? 0x33 : $0) : $0 }
    case .doubled: right + right
    case .reversed, .dripping: right
    case .longLine: Array("250 ".utf8) + [UInt8](repeating: 0x61, count: 10 << 20) + [13, 10]
    case .endless: Array(repeatElement(Array("250-and another\r\n".utf8), count: (16 << 20) / 17).joined())
    }
  }
}

/// Shared by all connections of a sink.
final class Manners: Sendable {
  private struct State {
    var moment = Moment.greeting
    var fault: Fault?
    var left = 0
    var concealed: Set<String> = []
    var done = 0
    var atEnd = 0
  }

  private let state = Mutex(State())

  /// From now on `fault` at `moment`, `times` times.
  func misbehave(_ fault: Fault, at moment: Moment, times: Int) {
    state.withLock { ($0.fault, $0.moment, $0.left, $0.done) = (fault, moment, times, 0) }
  }

  func behave() { state.withLock { $0.left = 0 } }

  /// Not offered to those that connect from now on: `CHUNKING`, `PIPELINING`.
  func conceal(_ extensions: Set<String>) { state.withLock { $0.concealed = extensions } }

  func conceals(_ line: String) -> Bool { state.withLock { $0.concealed.contains(line) } }

  /// How often it has misbehaved since it was last told to.
  var done: Int { state.withLock { $0.done } }
  /// How often after the end of a message, ever: so many may rightly come once more.
  var atEnd: Int { state.withLock { $0.atEnd } }

  func fault(at moment: Moment) -> Fault? {
    state.withLock { state in
      guard state.left > 0, state.moment == moment, let fault = state.fault else { return nil }
      state.left -= 1
      state.done += 1
      if moment == .end { state.atEnd += 1 }
      return fault
    }
  }
}
