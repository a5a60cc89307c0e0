// Moving the write-ahead log into the database file, so that nobody waits for it: the bulk on a connection beside the
// writer's, the small rest between two batches. Only then is the log begun anew, at its front.

import GRDB
import Logging
import Logs
import Spool
import Synchronization

/// The writer thread's.
///
/// A large log is cheap: a message that comes and goes between two checkpoints never reaches the database file.
final class LogCheckpoints {
  typealias Instant = ContinuousClock.Instant

  /// 32 MiB.
  private static let mostFrames = 8192
  /// A log that has not grown for so long is moved however small it is; and so long after a failure it is tried again.
  private static let pause = Duration.seconds(1)

  private let path: String
  private let log: Logger
  private let wake: @Sendable () -> Void
  private var mover: LogMover?
  private var movedFrames = 0
  private var lastFrames = 0
  private var quietSince = Instant.now
  /// After a move that did not come to its end.
  private var resumesAt = Instant.now

  init(path: String, log: Logger, wake: @escaping @Sendable () -> Void) {
    self.path = path
    self.log = log
    self.wake = wake
  }

  /// The log is another one from now on.
  func forget() {
    mover?.close()
    mover = nil
    (movedFrames, lastFrames, quietSince, resumesAt) = (0, 0, .now, .now)
  }

  /// Frames of the log that are not in the database file yet.
  func unmovedFrames(of connection: SpoolConnection) -> Int { max(connection.logFrames - movedFrames, 0) }

  /// After each round.
  func keepLogShort(of connection: SpoolConnection, isDiskTight: Bool) {
    let now = Instant.now
    noteGrowth(to: connection.logFrames, at: now)
    switch mover?.stage ?? .idle {
    case .moving: return
    case .moved: moveRest(of: connection)
    case .failed: noteFailure("the mover's connection failed")
    case .idle:
      let unmoved = unmovedFrames(of: connection)
      guard unmoved > 0, now >= resumesAt else { return }
      if isDiskTight {
        moveRest(of: connection)
      } else if unmoved >= Self.mostFrames || now - quietSince >= Self.pause {
        startMoving()
      }
    }
  }

  private func noteGrowth(to frames: Int, at now: Instant) {
    guard frames != lastFrames else { return }
    if frames < lastFrames { movedFrames = 0 }
    lastFrames = frames
    quietSince = now
  }

  private func startMoving() {
    do {
      let mover = try mover ?? LogMover(path: path)
      self.mover = mover
      mover.move(then: wake)
    } catch {
      noteFailure("\(error)")
    }
  }

  /// The log keeps the room it once took: on a full disk that is what claims and settlements are written in.
  private func moveRest(of connection: SpoolConnection) {
    mover?.rest()
    do throws(EngineFailure) {
      let left = try connection.checkpoint()
      movedFrames = connection.logFrames - left
      // A reader is in the way.
      if left > 0 { resumesAt = .now + Self.pause }
    } catch {
      noteFailure(error.reason)
    }
  }

  private func noteFailure(_ reason: String) {
    log.tell(.checkpointFailed, [.reason: reason])
    mover?.rest()
    resumesAt = .now + Self.pause
  }
}

/// Moves the bulk of the log. Its own connection, because the writer's has better things to do.
private final class LogMover: Sendable {
  enum Stage: Int, AtomicRepresentable { case idle, moving, moved, failed }
  private let state = Atomic(Stage.idle)
  private let queue: DatabaseQueue

  init(path: String) throws { queue = try DatabaseQueue(path: path, configuration: SpoolConnection.configuration) }

  var stage: Stage { state.load(ordering: .acquiring) }

  func rest() { state.store(.idle, ordering: .releasing) }

  func move(then wake: @escaping @Sendable () -> Void) {
    state.store(.moving, ordering: .releasing)
    queue.asyncWriteWithoutTransaction { [self] db in
      let moved: Void? = try? { _ = try db.checkpoint(.passive) }()
      state.store(moved == nil ? .failed : .moved, ordering: .releasing)
      wake()
    }
  }

  func close() { try? queue.close() }
}
