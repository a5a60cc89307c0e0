// Files the copies of one mailbox, over one line at a time, the oldest first: what is next `SentCopyState` decides. Runs beside
// all sending, which never waits for it and never hears of it.

import Diagnosis
import Foundation
import Logging
import Logs
import Mailboxes
import Message
import Platform
import SMTP
import Spool
import Transport

/// One for each generation of a mailbox, on the executor of copies.
actor SentCopyWorker {
  private let mailbox: Mailbox
  private let context: DeliveryContext
  private let transport: any Transport
  private let counters: QueueCounters
  private let tasks: TaskTracker
  private let waiting: WakeableWait
  private var entity: Entity
  private var state = SentCopyState()
  private var isWoken = false
  /// Open between copies that follow one another.
  private var folder: (any SentFolder)?

  /// Between looks into the spool where nothing is known to be due.
  private static let roundEvery: TimeInterval = 60
  /// Where Letterhead files no copies.
  private static let idleRoundEvery: TimeInterval = 3600
  /// A settlement that has been asked for is readable by then, and those that come with it.
  private static let gathering = Duration.seconds(1)
  /// Providers count open lines.
  private static let longestRest: TimeInterval = 30

  init(_ mailbox: Mailbox, of entity: Entity, in context: DeliveryContext, filing: SentCopyContext) {
    self.mailbox = mailbox
    self.entity = entity
    self.context = context
    transport = filing.transport(mailbox)
    counters = context.counters.queue(of: mailbox.entity)
    tasks = TaskTracker(on: filing.executor, by: context.time)
    waiting = WakeableWait(in: tasks)
  }

  private var now: Date { context.time.now }

  /// Until its task is cancelled. What was begun by then is looked for at the next start.
  func run() async {
    while !Task.isCancelled {
      let next = await round()
      await rest(until: next)
    }
    await leave()
    counters.sentCopyTrouble = nil
  }

  /// There is a new copy.
  func wake(hurried isHurried: Bool = false) {
    if isHurried { state.hurry() }
    isWoken = true
    waiting.wake()
  }

  func update(_ entity: Entity) {
    guard entity != self.entity else { return }
    self.entity = entity
    // What kept copies may be mended.
    wake(hurried: true)
  }

  private func rest(until time: Date?) async {
    let idle = entity.sentCopies.filesCopies(through: mailbox) ? Self.roundEvery : Self.idleRoundEvery
    let longest = now + (folder == nil ? idle : Self.longestRest)
    let alarm = min(time ?? longest, longest)
    if !isWoken, alarm > now {
      let isOver = await waiting.wait { [time = context.time] in await time.sleep(until: alarm) }
      if isOver, folder != nil, time.map({ $0 > now }) ?? true { await leave() }
    }
    guard isWoken else { return }
    isWoken = false
    await context.time.sleep(for: Self.gathering)
  }

  // MARK: A round

  /// - Returns: when the next one is due.
  private func round() async -> Date? {
    do throws(SpoolError) {
      let copies = try await context.spool.sentCopies(of: entity.key).compactMap { message in
        message.copy.map { SentCopyState.Open(id: message.id, copy: $0) }
      }
      let isWanted = entity.sentCopies.filesCopies(through: mailbox)
      switch state.step(for: copies, to: mailbox.address, isWanted: isWanted, at: now) {
      case .rest(let time):
        if copies.isEmpty { counters.sentCopyTrouble = nil }
        return time
      case .drop(let ids, let words):
        for id in ids { try await end(id, words, as: .dropped) }
      case .file(let copies):
        try await file(copies)
        counters.sentCopyTrouble = state.trouble
      }
      return now
    } catch {
      // It is all there when the spool can be written again.
      return now + SentCopyState.delays[0]
    }
  }

  private func file(_ copies: [SentCopyState.Open]) async throws(SpoolError) {
    let folder: any SentFolder
    let headers: [SentHeader]
    do throws(SentFolderError) {
      folder = try await openFolder()
      headers = try await Self.look(into: folder, for: copies)
    } catch {
      await note(error)
      guard let time = state.notBefore else { return }
      return try await context.spool.postponeCopies(copies.map(\.id), until: time, finding: error.finding)
    }
    for open in copies where !Task.isCancelled {
      let place = open.copy.stage == .begun ? SentCopyState.whereabouts(of: open.copy, among: headers) : .missing
      switch place {
      case .there:
        state.noteSuccess()
        try await end(open.id, "found in Sent", as: .found)
      case .unknowable: try await end(open.id, "perhaps filed: too much was filed since to tell", as: .found)
      case .missing: guard try await file(open, into: folder) else { return }
      }
    }
  }

  private func openFolder() async throws(SentFolderError) -> any SentFolder {
    if let folder { return folder }
    guard let opened = try await transport.openSentFolder() else {
      throw .notPermitted(words: "it is not known where the mailbox is read (imap)")
    }
    folder = opened
    return opened
  }

  private static func look(
    into folder: any SentFolder, for copies: [SentCopyState.Open]
  ) async throws(SentFolderError) -> [SentHeader] {
    guard let since = SentCopyState.lookingSince(copies) else { return [] }
    do throws(SentFolderError) { return try await folder.newest(SentSearch.mostHeaders, since: since) } catch .noFolder
    {
      return []
    }
  }

  // MARK: One copy

  /// - Returns: whether the line is of further use.
  private func file(_ open: SentCopyState.Open, into folder: any SentFolder) async throws(SpoolError) -> Bool {
    guard let message = try await context.spool.content(of: open.id), let copy = await prepared(message) else {
      try await end(open.id, "not filed: nothing of the message can be read any more", as: .givenUp)
      return true
    }
    let begun = try await context.spool.beginCopies([open.id], lookingAt: now + SentCopyState.doubt)
    // A person has dropped it.
    guard begun.contains(open.id) else { return true }
    do throws(SentFolderError) {
      let filed = try await folder.file(copy, sentAt: open.copy.sentAt)
      state.noteSuccess()
      try? await end(open.id, filed.finding, as: .filed)
      return true
    } catch {
      await note(error)
      let (stage, due) = SentCopyState.failed(open.copy, error, at: now)
      try await context.spool.postponeCopies([open.id], until: due, as: stage, finding: error.finding)
      return false
    }
  }

  /// The message as it was sent, but for what the sender's own copy may show.
  private func prepared(_ message: SpooledMessage) async -> PreparedMessage? {
    let rewrite = SenderRewrite(mailbox.identity(of: entity), hostname: context.hostname)
    return try? await PreparedMessage(
      message.content, to: message.envelope, receivedAt: message.receivedAt, id: message.id.description,
      rewrittenBy: rewrite, for: Capabilities(), keepingBcc: entity.sentCopies.blindRecipients == .keep)
  }

  private func end(
    _ id: MessageID, _ words: String, as result: QueueCounters.SentCopyResult
  ) async throws(SpoolError) {
    try await context.spool.endCopy(of: id, words)
    counters.sentCopies[result].add()
    let event: LoggedEvent = result == .filed || result == .found ? .copyFiled : .copyGivenUp
    context.log.tell(event, [.id: "\(id)", .entity: entity.key, .outcome: words])
  }

  // MARK: Trouble

  private func note(_ error: SentFolderError) async {
    await leave()
    state.note(error, at: now)
    guard error != .cancelled else { return }
    context.log.tell(
      .copiesDelayed,
      [
        .entity: entity.key, .mailbox: mailbox.address.text, .reason: error.finding,
        .until: state.notBefore.map { LoggedFields.time($0.timeIntervalSince1970) },
      ])
  }

  private func leave() async {
    let open = folder
    folder = nil
    await open?.close()
  }
}
