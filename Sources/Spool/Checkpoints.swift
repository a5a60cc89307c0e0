// Moving the write-ahead log into the database file, so that nobody waits for it: the bulk on a connection beside the
// writer's, the small rest between two batches. Only then is the log begun anew, at its front.

import GRDB
import Logging
import Synchronization
import System

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
  /// After a move that did not come to its end.
  var resumesAt: Int64 = 0

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
    case .failed: noteFailure("the mover's connection failed")
    case .idle:
      let unmoved = unmovedFrames
      guard unmoved > 0, uptime >= checkpoints.resumesAt else { return }
      let isQuiet = uptime - checkpoints.quietSince >= Checkpoints.idleMilliseconds
      if isDiskTight {
        moveRest(of: store)
      } else if unmoved >= Checkpoints.mostFrames || isQuiet {
        startMoving()
      }
    }
  }

  private func startMoving() {
    do {
      if checkpoints.mover == nil { checkpoints.mover = try Checkpoints.Mover(path: directory.database) }
      checkpoints.mover?.move { [desk] in
        desk.withLock { $0.needsRound = true }
        desk.signal()
      }
    } catch {
      noteFailure("\(error)")
    }
  }

  /// The log keeps the room it once took: on a full disk that is what claims and settlements are written in.
  private func moveRest(of store: Store) {
    checkpoints.mover?.rest()
    do {
      let left = try store.checkpoint()
      checkpoints.movedFrames = store.logFrames - left
      // A reader is in the way.
      if left > 0 { checkpoints.resumesAt = Self.uptime + Checkpoints.idleMilliseconds }
    } catch {
      noteFailure(error.message)
    }
  }

  private func noteFailure(_ reason: String) {
    log.error("the log was not moved into the database", metadata: ["reason": "\(reason)"])
    checkpoints.mover?.rest()
    checkpoints.resumesAt = Self.uptime + Checkpoints.idleMilliseconds
  }
}
