// Opening a connection: one address after the other, until one answers.
import CLinux
import Glibc
import Platform

package enum DialError: Error, Equatable {
  /// Each endpoint with the reason why it did not answer, in the order they were tried.
  case failed([FailedEndpoint])
  case cancelled

  package struct FailedEndpoint: Sendable, Equatable {
    package let endpoint: Endpoint
    package let reason: Reason
  }

  package enum Reason: Sendable, Equatable {
    /// The host answers, and no program listens on the port.
    case refused
    case timedOut
    /// There is no route to the host, or this process may not use it; the errno.
    case unreachable(Int32)
  }
}

package struct Dialer: Sendable {
  /// How long an address is tried when others follow.
  private static let longestAttempt: Duration = .seconds(10)

  package init() {}

  /// Connects to the first endpoint that answers. The caller must be running on `loop`.
  ///
  /// - Parameters:
  ///   - endpoints: numeric; tried in this order.
  ///   - deadline: for all endpoints together. Each gets an equal share of the time that is left, and ten seconds at most
  ///     unless it is the last one.
  package func connect(
    to endpoints: [Endpoint], on loop: EventLoop, until deadline: Instant
  ) async throws(DialError) -> sending Connection {
    var failed: [DialError.FailedEndpoint] = []
    for (index, endpoint) in endpoints.enumerated() {
      let share = Self.share(of: deadline, left: endpoints.count - index)
      switch await attempt(endpoint, on: loop, until: share) {
      case .connected(let channel): return Connection(channel, peer: endpoint)
      case .failed(let reason): failed.append(DialError.FailedEndpoint(endpoint: endpoint, reason: reason))
      case .cancelled: throw .cancelled
      }
    }
    throw .failed(failed)
  }
}

extension Dialer {
  private static func share(of deadline: Instant, left: Int) -> Instant {
    if left == 1 { return deadline }
    let now = Instant.now
    return now + min((deadline - now) / left, longestAttempt)
  }

  private enum DialResult {
    case connected(Channel)
    case failed(DialError.Reason)
    case cancelled
  }

  private func attempt(_ endpoint: Endpoint, on loop: EventLoop, until deadline: Instant) async -> sending DialResult {
    guard let address = SocketAddress(endpoint) else { return .failed(.unreachable(EINVAL)) }
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = Descriptor(owning: socket(address.family, kind, 0))
    let number = descriptor.number
    if number < 0 { return .failed(.unreachable(errno)) }
    if number >= DescriptorLimit.providers { return .failed(.unreachable(EMFILE)) }
    setNoDelay(on: number)
    let channel = Channel(descriptor, in: loop)
    let status = address.withPointer { Glibc.connect(number, $0, $1) }
    var code = status == 0 ? 0 : errno
    if code == EINPROGRESS || code == EINTR {
      switch await wait(for: channel, until: deadline) {
      case .ready: code = pendingError(of: number)
      case .timedOut: code = ETIMEDOUT
      case .cancelled: code = ECANCELED
      case .failed(let reason): code = reason
      }
    }
    if code == 0 { return .connected(channel) }
    channel.close()
    return code == ECANCELED ? .cancelled : .failed(DialError.Reason(code))
  }

  private func wait(for channel: Channel, until deadline: Instant) async -> Wake {
    let (loop, key) = (channel.loop, channel.slot.key)
    // A socket becomes writable once it is connected.
    channel.slot.writable = false
    return await withTaskCancellationHandler {
      await channel.wait(for: .write, until: deadline)
    } onCancel: {
      loop.wake(key, .cancelled)
    }
  }

  private func pendingError(of socket: Int32) -> Int32 {
    var code: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &length) == 0 ? code : errno
  }
}

extension DialError.Reason {
  init(_ code: Int32) {
    switch code {
    case ECONNREFUSED: self = .refused
    case ETIMEDOUT: self = .timedOut
    default: self = .unreachable(code)
    }
  }
}
