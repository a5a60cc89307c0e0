// Which control group has which id: the id that the kernel tells of a socket is the inode number of the group's directory
// in cgroup2. Directories come and go with the services; those that are gone never come back under their id.

package import Platform
import FoundationEssentials
import Glibc
import Synchronization

/// Finds control groups by their ids. The tree is walked when an id is asked for that was not there at the last walk, at most
/// once a second, on a thread of its own.
package final class ControlGroups: Sendable {
  private let walker: ControlGroupWalker

  /// - Parameter root: of the tree; `nil` where the system has none, and every id then means nothing.
  package init(time: any TimeSource, root: String? = ControlGroups.systemRoot) {
    walker = ControlGroupWalker(time: time, root: root)
  }

  /// Where systemd mounts cgroup2: alone, or beside the hierarchies of version 1, whose inode numbers mean something else.
  package static let systemRoot = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].first { path in
    access("\(path)/cgroup.controllers", F_OK) == 0
  }

  /// - Returns: `nil` when the tree has to be walked to know.
  package func cached(_ id: UInt64) -> ControlGroupFinding? {
    if id <= 1 || walker.root == nil { return .unnamed }
    return walker.known.withLock { $0[id] }
  }

  /// Waits for a walk where one is needed, which may be a second away.
  package func finding(_ id: UInt64) async -> ControlGroupFinding {
    if let finding = cached(id) { return finding }
    await walker.look(for: id)
    return cached(id) ?? .gone
  }
}

/// What is known of an id.
package enum ControlGroupFinding: Sendable, Equatable {
  case group(ControlGroup)
  /// The root, or a group that is neither a unit nor a container.
  case unnamed
  /// There is no such group any more, or it cannot be seen from here. It may have been a container's.
  case gone
}

/// Walks on its own thread, for one id or for many that were asked for in the meantime.
private actor ControlGroupWalker {
  nonisolated let root: String?
  /// What the last walk has found, and for what it looked in vain.
  nonisolated let known = Mutex<[UInt64: ControlGroupFinding]>([:])
  private let time: any TimeSource
  private let worker = Worker(name: "control groups")
  private var wanted: Set<UInt64> = []
  private var nextWalk: Date

  nonisolated var unownedExecutor: UnownedSerialExecutor { worker.asUnownedSerialExecutor() }

  init(time: any TimeSource, root: String?) {
    self.time = time
    self.root = root
    nextWalk = time.now
  }

  /// Returns when a walk has been made that began after this call.
  func look(for id: UInt64) async {
    wanted.insert(id)
    // A clock that was set back must not stop the walks.
    await time.sleep(until: min(nextWalk, time.now + 1))
    // Another call may have walked for this one too.
    guard wanted.contains(id), let root else { return }
    var findings = ControlGroupTree(root: root).findings
    for id in wanted where findings[id] == nil { findings[id] = .gone }
    known.withLock { $0 = findings }
    wanted = []
    nextWalk = time.now + 1
  }
}
