// Connecting: every address in turn, one verdict each.
import CLinux
import Glibc
import System

package enum DialError: Error, Equatable {
  /// One verdict for each endpoint, in the order they were tried.
  case failed([Verdict])
  case cancelled

  package struct Verdict: Sendable, Equatable {
    package let endpoint: Endpoint
    package let reason: Reason
  }

  package enum Reason: Sendable, Equatable {
    /// Someone is there, and nobody listens.
    case refused
    case timedOut
    /// No way there, or none that we may take. Holds errno.
    case unreachable(Int32)
  }
}

package struct Dialer: Sendable {
  /// The longest one address may keep those behind it waiting.
  private static let patience: Duration = .seconds(10)

  package init() {}

  /// Connects to the first endpoint that answers. The caller must be running on `loop`.
  ///
  /// - Parameters:
  ///   - endpoints: numeric; tried in this order.
  ///   - deadline: for all of them together; each gets its share, ten seconds at most unless it is the last.
  package func connect(
    to endpoints: [Endpoint], on loop: EventLoop, until deadline: Instant
  ) async throws(DialError) -> sending Connection {
    var verdicts: [DialError.Verdict] = []
    for (index, endpoint) in endpoints.enumerated() {
      let share = Self.share(of: deadline, left: endpoints.count - index)
      switch await attempt(endpoint, on: loop, until: share) {
      case .connected(let channel): return Connection(channel, peer: endpoint)
      case .refused(let reason): verdicts.append(DialError.Verdict(endpoint: endpoint, reason: reason))
      case .cancelled: throw .cancelled
      }
    }
    throw .failed(verdicts)
  }
}

extension Dialer {
  private static func share(of deadline: Instant, left: Int) -> Instant {
    if left == 1 { return deadline }
    let now = Instant.now
    return now + min((deadline - now) / left, patience)
  }

  private enum Outcome {
    case connected(Channel)
    case refused(DialError.Reason)
    case cancelled
  }

  private func attempt(_ endpoint: Endpoint, on loop: EventLoop, until deadline: Instant) async -> sending Outcome {
    guard let address = SocketAddress(endpoint) else { return .refused(.unreachable(EINVAL)) }
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = Descriptor(owning: socket(address.family, kind, 0))
    let number = descriptor.number
    if number < 0 { return .refused(.unreachable(errno)) }
    if number >= DescriptorLimit.providers { return .refused(.unreachable(EMFILE)) }
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
    return code == ECANCELED ? .cancelled : .refused(DialError.Reason(code))
  }

  private func wait(for channel: Channel, until deadline: Instant) async -> Wake {
    let (loop, key) = (channel.loop, channel.slot.key)
    // It is once the connection stands.
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
