// What the queues write down about messages that are not under way: notes, and a later time.

package import FoundationEssentials

extension Spool {
  /// Adds a remark of ours to the words of the messages' latest attempts.
  package func note(_ remark: String, on ids: [MessageID]) async {
    try? await change { (batch) throws(EngineFailure) in
      for id in ids { try batch.note(remark, on: id) }
    }
  }

  /// Those of the messages that wait are not due before `time`, within what a due time may be.
  package func postpone(_ ids: [MessageID], until time: Date) async {
    try? await change { (batch) throws(EngineFailure) in
      for id in ids { try batch.postpone(id, until: Timestamp(time)) }
    }
  }

  /// Deletes the failure reports on these messages, as far as they wait.
  package func deleteReports(on ids: [MessageID], of entity: String) async throws(SpoolError) {
    let clients = Set(ids.map(NewMessage.reportClient))
    var reports: [MessageID] = []
    var last: MessageID?
    repeat {
      let page = try await list(entity: entity, after: last)
      reports += page.filter { $0.isReport && clients.contains($0.source.client) }.map(\.id)
      last = page.last?.id
    } while last != nil
    if !reports.isEmpty { try await delete(.ids(reports), now: Date()) }
  }
}

extension NewMessage {
  /// What stands in the place of the client in a failure report's envelope.
  package static func reportClient(on id: MessageID) -> String { "letterhead, on message \(id)" }
}

extension Batch {
  func note(_ remark: String, on id: MessageID) throws(EngineFailure) {
    guard let attempt = try engine.lastAttempt(of: id), !attempt.words.hasSuffix("[\(remark)]") else { return }
    let words = String("\(attempt.words) [\(remark)]".prefix(4096))
    try engine.addAttempt(
      AttemptRecord(number: attempt.number, at: attempt.at, words: words, recipients: attempt.recipients), to: id)
  }

  fileprivate mutating func postpone(_ id: MessageID, until time: Timestamp) throws(EngineFailure) {
    guard var record = try engine.record(id), record.state == .waiting, !isUnderWay(id), record.due < time else {
      return
    }
    record.due = min(time, now + Schedule.latestDue)
    try engine.update(record)
    self[record.entity].leaveUnclaimed(until: record.due)
  }
}
