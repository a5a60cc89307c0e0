// Who may be inside the admin socket at once, so that no user of the host keeps the others out.

import Synchronization

package struct AdminLimits: Sendable {
  package var connections = 32
  package var connectionsOfOneUser = 5
  /// Of root and of the relay's own user, who count among no others: nobody can keep them out.
  package var connectionsOfItsOwner = 64
  /// For the whole line that asks.
  package var asking = Duration.seconds(10)
  /// For the caller to take one line of the answer.
  package var listening = Duration.seconds(10)

  package init() {}
}

final class AdminPlaces: Sendable {
  private let limits: AdminLimits
  private let owner: UInt32
  private let inside = Mutex<[UInt32: Int]>([:])

  init(_ limits: AdminLimits, owner: UInt32) {
    self.limits = limits
    self.owner = owner
  }

  /// - Returns: `false` when there is no place; `leave` follows only on `true`.
  func enter(_ uid: UInt32) -> Bool {
    inside.withLock { inside in
      guard mayEnter(uid, inside) else { return false }
      inside[uid, default: 0] += 1
      return true
    }
  }

  func leave(_ uid: UInt32) {
    inside.withLock { inside in
      let mine = inside[uid, default: 1] - 1
      inside[uid] = mine > 0 ? mine : nil
    }
  }

  private func mayEnter(_ uid: UInt32, _ inside: [UInt32: Int]) -> Bool {
    let mine = inside[uid, default: 0]
    if isOwner(uid) { return mine < limits.connectionsOfItsOwner }
    let others = inside.reduce(0) { isOwner($1.key) ? $0 : $0 + $1.value }
    return mine < limits.connectionsOfOneUser && others < limits.connections
  }

  private func isOwner(_ uid: UInt32) -> Bool { uid == 0 || uid == owner }
}
