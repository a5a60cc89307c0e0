// From what the kernel tells of a client, in numbers, to what people and the configuration call it.

package import Platform

/// Finds out who a client is. One serves the whole relay.
package struct ClientLookup: Sendable {
  private let users: LocalUsers
  private let groups: ControlGroups

  package init(users: LocalUsers, groups: ControlGroups) {
    self.users = users
    self.groups = groups
  }

  package init(time: any TimeSource) { self.init(users: LocalUsers(time: time), groups: ControlGroups(time: time)) }

  /// Does not suspend when the user and the control group are known already, as they are but for a client's first
  /// connection in a minute.
  ///
  /// - Parameters:
  ///   - address: of the client, as the connection or a listed proxy names it; empty for a unix socket.
  ///   - listener: as the configuration writes its address.
  ///   - uid: of whoever made the client's socket.
  ///   - cgroup: the id of the control group in which it was made.
  package func identity(
    address: String, listener: String, uid: UInt32?, cgroup: UInt64?
  ) async -> ClientIdentity {
    var client = ClientIdentity(address: address, listener: listener)
    switch await finding(cgroup) {
    case .group(let group): client.service = group
    case .unnamed: break
    // Perhaps a container's, whose users are not the host's.
    case .gone: return client
    }
    if let uid { client.user = await users.user(uid) }
    return client
  }

  private func finding(_ cgroup: UInt64?) async -> ControlGroupFinding {
    if let cgroup { await groups.finding(cgroup) } else { .unnamed }
  }
}
