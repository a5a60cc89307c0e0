// The durable queue, and the blocking queue the lanes draw from.

package import FoundationEssentials
package import Logging
import Message
import SMTP

package final class Spool: Sendable {
  /// Larger bodies belong in a file (`startBody`).
  package static let largestInlineOctets = 256 << 10

  /// Opens the spool as its one owner (`serve`). Makes the directory, mode 0700, where it is missing.
  ///
  /// - Parameter minimumFree: `queue_min_free`, in octets: with less than that free, `accept` throws `.full`.
  package static func own(
    directory: String, minimumFree: Int64 = 256 << 20, log: Logger
  ) throws(SpoolError) -> Spool { fatalError() }

  /// Opens the spool beside its owner or without one, to see and steer (the command line).
  package static func visit(directory: String, log: Logger) throws(SpoolError) -> Spool { fatalError() }

  /// Finishes what is pending, checkpoints, closes. Waiting claims get `[]`; what is claimed and unstarted is given back.
  package func close() async { fatalError() }

  /// The message is on disk when this returns.
  ///
  /// - Throws: `.full` or `.unwritable`: nothing was stored; say 452.
  package func accept(_ message: NewMessage, now: Date) async throws(SpoolError) -> MessageID { fatalError() }

  /// Begins a large body.
  package func startBody() async throws(SpoolError) -> BodyFile.Writer { fatalError() }

  /// From now on fresh messages of this entity are handed over in memory to whoever claims.
  package func open(_ entity: String) { fatalError() }

  /// Unstarted messages are given back without a burnt attempt, and waiting claims get `[]`, as do later ones.
  package func close(_ entity: String) { fatalError() }

  /// Waits until there is work for this entity; oldest first. The attempt is counted and the next one's time is on disk
  /// before this returns.
  ///
  /// - Returns: at least one message, or `[]` when the entity is closed or the task cancelled. Each must be settled.
  package func claim(_ entity: String, atMost: Int) async -> [SpooledMessage] { fatalError() }

  /// Writes down what an attempt came to. Returns at once; shares the next commit. While the disk refuses, the message
  /// stays in flight here and is not handed out again.
  package func settle(_ id: MessageID, _ settlement: Settlement, now: Date) { fatalError() }

  /// After a reconnect: everything not held by hand is due now, oldest first.
  package func release(_ entity: String, now: Date) { fatalError() }

  /// By entity; an entity that never had a message is missing.
  package var counts: [String: Counts] { fatalError() }

  /// Messages of an entity that have waited for longer than `age` seconds fail; failed ones older than 30 days go.
  /// What is held by hand or in flight is left alone.
  ///
  /// - Parameter report: makes the report about one of them; `words` are the last the provider said. Called on the
  ///   spool's thread: must not wait.
  /// - Returns: how many failed.
  @discardableResult
  package func expire(
    _ entity: String, olderThan age: TimeInterval, now: Date,
    report: @escaping @Sendable (_ message: SpooledMessage, _ words: String) -> NewMessage?
  ) async throws(SpoolError) -> Int { fatalError() }

  // MARK: For people

  /// One page of the queue by ascending id. Pass the last id to get the next page.
  package func list(
    entity: String? = nil, after: MessageID? = nil, limit: Int = 500
  ) async throws(SpoolError) -> [ListedMessage] { fatalError() }

  package func show(_ id: MessageID) async throws(SpoolError) -> MessageDetail? { fatalError() }

  /// Due now; failed ones wait again with their failed recipients. What is held by hand stays held.
  /// - Returns: how many messages were meant and there, here and below.
  @discardableResult
  package func retry(_ selection: Selection, now: Date) async throws(SpoolError) -> Int { fatalError() }
  @discardableResult
  package func hold(_ selection: Selection, now: Date) async throws(SpoolError) -> Int { fatalError() }
  /// Ends `hold`; due now.
  @discardableResult
  package func release(_ selection: Selection, now: Date) async throws(SpoolError) -> Int { fatalError() }
  @discardableResult
  package func delete(_ selection: Selection, now: Date) async throws(SpoolError) -> Int { fatalError() }
}
