// Moving the write-ahead log into the database file, so that nobody waits for it: the bulk on a connection beside the
// writer's, the small rest between two batches. Only then is the log begun anew, at its front.

import GRDB
import Logging
import Synchronization

/// The writer thread's.
///
/// A large log is cheap: a message that comes and goes between two checkpoints never reaches the database file.
struct Checkpoints {
  /// 32 MiB.
  static let mostFrames = 8192
  static let idleMilliseconds: Int64 = 1000

  /// Who moves the bulk. Its own connection, because the writer's has better things to do.
  final class Mover: Sendable {
    enum Stage: Int, AtomicRepresentable { case idle, moving, moved, failed }
    private let state = Atomic(Stage.idle)
    private let queue: DatabaseQueue

    init(path: String) throws { queue = try DatabaseQueue(path: path, configuration: Store.configuration) }

    var stage: Stage { state.load(ordering: .acquiring) }

    func rest() { state.store(.idle, ordering: .releasing) }

    func move(then ring: @escaping @Sendable () -> Void) {
      state.store(.moving, ordering: .releasing)
      queue.asyncWriteWithoutTransaction { [self] db in
        let moved: Void? = try? { _ = try db.checkpoint(.passive) }()
        state.store(moved == nil ? .failed : .moved, ordering: .releasing)
        ring()
      }
    }

    func close() { try? queue.close() }
  }

  var mover: Mover?
  var movedFrames = 0
  var lastFrames = 0
  var quietSince: Int64 = 0

  mutating func forget() {
    mover?.close()
    self = Checkpoints()
  }
}

extension Writer {
  /// Frames of the log that are not in the database file yet.
  var unmovedFrames: Int { max((store?.logFrames ?? 0) - checkpoints.movedFrames, 0) }

  /// After each round.
  func keepLogShort() {
    guard let store, settings.lock != nil else { return }
    let frames = store.logFrames
    let uptime = Self.uptime
    if frames != checkpoints.lastFrames {
      if frames < checkpoints.lastFrames { checkpoints.movedFrames = 0 }
      checkpoints.lastFrames = frames
      checkpoints.quietSince = uptime
    }
    switch checkpoints.mover?.stage ?? .idle {
    case .moving: return
    case .moved: moveRest(of: store)
    case .failed:
      log.error("the log was not moved into the database")
      checkpoints.mover?.rest()
      checkpoints.quietSince = uptime
    case .idle:
      let unmoved = unmovedFrames
      let isQuiet = uptime - checkpoints.quietSince >= Checkpoints.idleMilliseconds
      guard unmoved >= Checkpoints.mostFrames || unmoved > 0 && isQuiet else { return }
      startMoving()
    }
  }

  private func startMoving() {
    do {
      if checkpoints.mover == nil { checkpoints.mover = try Checkpoints.Mover(path: directory.database) }
      checkpoints.mover?.move { [desk] in
        desk.withLock { $0.needsRound = true }
        desk.ring()
      }
    } catch {
      log.error("no connection to move the log with", metadata: ["reason": "\(error)"])
      checkpoints.quietSince = Self.uptime
    }
  }

  private func moveRest(of store: Store) {
    checkpoints.mover?.rest()
    do {
      // Where a reader is in the way, the rest waits for the next time. The log keeps the room it once took: on a full
      // disk that is what claims and settlements are written in.
      _ = try store.checkpoint()
      checkpoints.movedFrames = store.logFrames
    } catch {
      log.error("the log was not moved into the database", metadata: ["reason": "\(error.message)"])
    }
  }
}
