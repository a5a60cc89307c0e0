// Where the sessions, the lanes and the writer thread meet: everything here is behind one lock, held for moments.

import FoundationEssentials
import Message
import System

/// One entity's claimed but unstarted messages, and who waits for them.
struct Window {
  static let mostMessages = 256
  static let mostOctets = 16 << 20
  /// Below this the database is asked again, so that a lane need not wait for a commit between two handfuls.
  static let fewMessages = 64

  struct Claimer {
    let number: Int
    let atMost: Int
    let continuation: CheckedContinuation<[SpooledMessage], Never>
  }

  var isOpen = false
  var ready = FIFO<SpooledMessage>()
  var octets = 0
  var claimers: [Claimer] = []

  var room: Int { max(Self.mostMessages - ready.count, 0) }
  var roomOctets: Int { max(Self.mostOctets - octets, 0) }
  var wantsMore: Bool { isOpen && ready.count < Self.fewMessages && octets < Self.mostOctets / 2 }

  mutating func add(_ message: SpooledMessage) {
    ready.append(message)
    octets += message.content.octetsInMemory
  }

  mutating func take(atMost: Int) -> [SpooledMessage] {
    var taken: [SpooledMessage] = []
    while taken.count < atMost, let message = ready.popFirst() {
      octets -= message.content.octetsInMemory
      taken.append(message)
    }
    return taken
  }

  /// Serves those who wait, first come first served.
  mutating func serve() -> [Handing] {
    var handings: [Handing] = []
    while !ready.isEmpty, !claimers.isEmpty {
      let claimer = claimers.removeFirst()
      handings.append(Handing(continuation: claimer.continuation, messages: take(atMost: claimer.atMost)))
    }
    return handings
  }

  /// Takes back what has not been started.
  mutating func withdraw(_ ids: Set<Int64>) -> [MessageID] {
    let withdrawn = ready.removeAll { ids.contains($0.id.rawValue) }
    for message in withdrawn { octets -= message.content.octetsInMemory }
    return withdrawn.map(\.id)
  }

  /// Nobody gets anything from here on.
  mutating func shut() -> (unstarted: [MessageID], handings: [Handing]) {
    isOpen = false
    octets = 0
    defer { claimers = [] }
    return (ready.takeAll().map(\.id), claimers.map { Handing(continuation: $0.continuation, messages: []) })
  }
}

/// Messages on their way to a claimer, to be resumed once the lock is free.
struct Handing {
  let continuation: CheckedContinuation<[SpooledMessage], Never>
  let messages: [SpooledMessage]

  func resume() { continuation.resume(returning: messages) }
}

extension MessageContent {
  /// What holding it costs.
  var octetsInMemory: Int {
    switch self {
    case .octets(let octets): octets.count
    case .stored: 0
    }
  }
}

struct Desk {
  var pending: [Piece] = []
  var windows: [String: Window] = [:]
  var counts: [String: Counts] = [:]
  /// Entities with something due that nobody has claimed yet.
  var backlog: Set<String> = []
  var lastClaimer = 0
  /// A window has run low: look into the database even where nothing is pending.
  var needsRound = false
  var isClosing = false
  var isClosed = false
  var closers: [CheckedContinuation<Void, Never>] = []
}

/// One piece of work for the writer thread.
enum Piece {
  case accept(NewMessage, now: Int64, CheckedContinuation<Result<MessageID, SpoolError>, Never>)
  case settle(Int64, Settlement, now: Int64)
  /// Claimed, never started.
  case giveBack([MessageID])
  /// Whatever is rare: what people ask for, release and expiry, each in portions.
  case change(Change)
}

struct Change {
  let work: (Writer, Store, inout Effects) throws(StoreFailure) -> Void
  /// `nil` when it is on disk.
  let answer: (Writer, SpoolError?) -> Void
}
