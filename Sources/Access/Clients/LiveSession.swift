// One open session at a listener, as people see it.

/// A moment's view.
package struct LiveSession: Sendable, Equatable, Codable {
  package let listener: String
  /// Numeric; empty for a unix socket.
  package let address: String
  package let uid: UInt32?
  package let user: String?
  /// Its systemd unit or container.
  package let service: String?
  /// Its uid is that of a container's user, not of this host's.
  package let isContained: Bool
  package let app: String?
  package let isSignedIn: Bool
  package let isSecured: Bool
  package let seconds: Int
  /// Messages accepted in it.
  package let accepted: Int

  package init(_ client: ClientIdentity, app: String?, seconds: Int, accepted: Int, isSecured: Bool) {
    listener = client.listener
    address = client.address
    uid = client.user?.uid
    user = client.user?.name
    service = client.service?.name
    isContained = client.user != nil && client.hostUser == nil
    self.app = app
    isSignedIn = client.app != nil
    self.isSecured = isSecured
    self.seconds = seconds
    self.accepted = accepted
  }
}
