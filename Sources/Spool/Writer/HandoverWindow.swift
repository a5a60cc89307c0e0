// Messages on their way from the writer thread to a mailbox's queue.

import Message
import Platform

/// One entity's claimed but unstarted messages, and who waits for them.
struct HandoverWindow {
  static let mostMessages = 256
  static let mostOctets = 16 << 20
  /// Below this the storage is asked again, so that a queue need not wait for a commit between two handfuls.
  static let fewMessages = 64

  struct Claimer {
    let number: Int
    let atMost: Int
    let continuation: CheckedContinuation<[SpooledMessage], Never>
  }

  private(set) var isOpen = false
  private(set) var ready = FIFO<SpooledMessage>()
  private(set) var octets = 0
  private(set) var claimers: [Claimer] = []
  /// How many messages were taken so far.
  private(set) var takes = 0

  /// What one batch may add.
  func room(inBatchOf requests: Int) -> WindowRoom {
    WindowRoom(
      messages: min(max(Self.mostMessages - ready.count, 0), requests), octets: max(Self.mostOctets - octets, 0),
      wantsMore: wantsMore)
  }

  var wantsMore: Bool { isOpen && ready.count < Self.fewMessages && octets < Self.mostOctets / 2 }

  mutating func open() { isOpen = true }

  /// - Returns: whether the window is open.
  mutating func addIfOpen(_ message: SpooledMessage) -> Bool {
    guard isOpen else { return false }
    ready.append(message)
    octets += message.content.octetsInMemory
    return true
  }

  mutating func add(_ claimer: Claimer) { claimers.append(claimer) }

  mutating func take(atMost: Int) -> [SpooledMessage] {
    var taken: [SpooledMessage] = []
    while taken.count < atMost, let message = ready.popFirst() {
      octets -= message.content.octetsInMemory
      taken.append(message)
    }
    takes += taken.count
    return taken
  }

  /// Serves those who wait, first come first served.
  mutating func serve() -> [Handover] {
    var handovers: [Handover] = []
    while !ready.isEmpty, !claimers.isEmpty {
      let claimer = claimers.removeFirst()
      handovers.append(Handover(continuation: claimer.continuation, messages: take(atMost: claimer.atMost)))
    }
    return handovers
  }

  /// Takes back what has not been started.
  mutating func withdraw(_ ids: Set<MessageID>) -> [MessageID] {
    let withdrawn = ready.removeAll { ids.contains($0.id) }
    for message in withdrawn { octets -= message.content.octetsInMemory }
    return withdrawn.map(\.id)
  }

  /// Takes out one who waits and does not want to any more.
  mutating func dismiss(_ number: Int) -> Handover? {
    guard let place = claimers.firstIndex(where: { $0.number == number }) else { return nil }
    return Handover(continuation: claimers.remove(at: place).continuation, messages: [])
  }

  /// Nobody gets anything from here on.
  mutating func close() -> (unstarted: [MessageID], handovers: [Handover]) {
    isOpen = false
    octets = 0
    defer { claimers = [] }
    return (ready.takeAll().map(\.id), claimers.map { Handover(continuation: $0.continuation, messages: []) })
  }
}

/// What is left of a window.
struct WindowRoom: Equatable {
  var messages: Int
  var octets: Int
  /// It runs low.
  var wantsMore: Bool

  /// - Returns: whether there is room for a message of so many octets.
  mutating func reserve(_ octets: Int) -> Bool {
    guard messages > 0, self.octets >= octets else { return false }
    messages -= 1
    self.octets -= octets
    return true
  }
}

/// Messages for one claimer, whose task is resumed once the inbox is unlocked.
struct Handover {
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
