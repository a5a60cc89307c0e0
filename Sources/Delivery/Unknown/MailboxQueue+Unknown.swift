// Looks for messages whose outcome is unknown, beside all sending: what is to be done `SentSearch` decides.

import Diagnosis
import Foundation
import Mailboxes
import Platform
import Spool
import Transport

extension MailboxQueue {
  /// Between looks into the spool's counters, while something may become unknown that nobody tells of.
  private static let roundEvery = Duration.seconds(300)
  private static let whileClosed = Duration.seconds(60)

  /// Has the unknown messages looked at then, or earlier.
  func lookForUnknown(at time: Date) {
    guard !state.isStopped, nextLook.map({ time < $0 }) ?? true else { return }
    nextLook = time
    tasks.after(.seconds(max(0, time.timeIntervalSince(now)))) { await self.lookForUnknown(planned: time) }
  }

  private func lookForUnknown(planned time: Date) async {
    guard nextLook == time, !isLooking, !state.isStopped else { return }
    (nextLook, isLooking) = (nil, true)
    let next = await lookForUnknown()
    isLooking = false
    let soonest = [nextLook, next].compactMap(\.self).min()
    nextLook = nil
    if let soonest { lookForUnknown(at: soonest) }
  }

  /// - Returns: when to look again.
  private func lookForUnknown() async -> Date? {
    let later = now + Self.roundEvery
    let counts = context.spool.counts[entity.key] ?? Counts()
    // A person may release what became unknown while it was held; and a storage that fails says later what is.
    guard counts.unknown > 0 else { return counts.heldByHand > 0 || context.spool.health != .working ? later : nil }
    let search = SentSearch(rule: entity.unknownOutcome, address: mailbox.address)
    let messages = await unanswered()
    switch search.step(for: messages, at: now) {
    case .rest(let until): return min(until ?? later, later)
    case .decide(let decisions):
      return await obey(decisions, about: messages) ? now : now + Self.whileClosed
    case .look(let messages, let since):
      guard state.maySignIn else { return now + Self.whileClosed }
      guard let finding = await look(since: since) else { return later }
      let decisions = search.decisions(on: messages, finding, at: now)
      return await obey(decisions, about: messages) ? now : now + Self.whileClosed
    }
  }

  private func unanswered() async -> [SentSearch.Unanswered] {
    var found: [SentSearch.Unanswered] = []
    for message in (try? await context.spool.unknown(of: entity.key)) ?? [] {
      guard let outcome = message.unknown else { continue }
      found.append(
        SentSearch.Unanswered(
          id: message.id, outcome: outcome, due: message.due, isPartlyDelivered: message.isPartlyDelivered,
          taken: await taken(like: message)))
    }
    return found
  }

  /// Where nothing can be read, the message may not be taken for one that is not its own.
  private func taken(like message: ListedMessage) async -> Int {
    guard let outcome = message.unknown, let messageID = outcome.messageID else { return 0 }
    let since = outcome.writtenAt - 5 * SentSearch.clockDifference
    return (try? await context.spool.takenAlike(messageID, of: entity.key, besides: message.id, since: since)) ?? .max
      / 2
  }

  // MARK: A look

  /// - Returns: `nil` when it was broken off.
  private func look(since start: Date) async -> SentSearch.Finding? {
    await withTaskGroup(of: SentSearch.Finding?.self) { [transport, time = context.time] group in
      group.addTask { await transport.look(since: start) }
      group.addTask {
        await time.sleep(for: SentSearch.longestLook)
        return Task.isCancelled ? nil : .unreachable("no answer within \(SentSearch.longestLook)")
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
  }

  // MARK: Obeying

  /// - Returns: whether all could be written down. What could not is decided again at the next look.
  private func obey(_ decisions: [SentSearch.Conclusion], about messages: [SentSearch.Unanswered]) async -> Bool {
    var isWritten = true
    let messages = Dictionary(messages.map { ($0.id, $0) }) { first, _ in first }
    for decision in decisions {
      guard let message = messages[decision.id] else { continue }
      do throws(SpoolError) { try await obey(decision, about: message) } catch { isWritten = false }
    }
    return isWritten
  }

  private func obey(
    _ decision: SentSearch.Conclusion, about message: SentSearch.Unanswered
  ) async throws(SpoolError) {
    let spool = context.spool
    switch decision.verdict {
    case .lookAgain(let time):
      return try await spool.keepUnknown([message.id], lookingAt: time, finding: decision.words)
    case .found:
      let listed = try await spool.show(message.id)?.message
      let update = try await spool.resolve(.ids([message.id]), as: .delivered(decision.words), now: now)
      if update.count > 0 { recorder.found(message.outcome, of: listed, decision.words) }
    case .notFound, .notSearched:
      let update = try await spool.resolve(.ids([message.id]), as: .again(decision.words), now: now)
      if update.count > 0 { recorder.retried(message.id, decision) }
    }
  }
}

extension Transport {
  /// - Returns: `nil` when it was broken off.
  fileprivate func look(since start: Date) async -> SentSearch.Finding? {
    do throws(SentFolderError) {
      guard let folder = try await openSentFolder() else { return .impossible("the way out has none") }
      let headers: [SentHeader]
      do throws(SentFolderError) {
        headers = try await folder.newest(SentSearch.mostHeaders, since: start)
      } catch {
        await folder.close()
        throw error
      }
      await folder.close()
      return .headers(headers)
    } catch {
      return SentSearch.Finding(of: error)
    }
  }
}

extension SentSearch.Finding {
  /// - Returns: `nil` where it says nothing about the folder.
  fileprivate init?(of error: SentFolderError) {
    switch error {
    case .notPermitted(let words), .full(let words), .refused(let words): self = .impossible(words)
    case .noFolder: self = .impossible("no folder is known to be the one")
    case .unreachable(let words): self = .unreachable(words)
    case .cancelled: return nil
    }
  }
}
