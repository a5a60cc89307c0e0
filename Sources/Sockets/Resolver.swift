// Finds the addresses of a name with getaddrinfo (/etc/hosts, DNS, both address families). It may block for half a minute, so
// it runs on a few threads of its own, and a caller stops waiting at its deadline.
import CLinux
import Glibc
import Synchronization
import Platform

package enum ResolveError: Error, Equatable {
  /// There is no such name.
  case notFound
  /// The name exists and has no address.
  case noAddress
  /// The system's error text. The look-up may succeed later.
  case temporary(String)
  case timedOut
  case cancelled
}

package final class Resolver: Sendable {
  /// Returns the addresses of a host. It may block.
  package typealias LookUp = @Sendable (String) -> Result<[String], ResolveError>

  private let pool: WorkerPool
  /// Who waits for the look-ups under way. Asking for the same name again joins the look-up that runs.
  private let underway = Mutex<[String: [PendingCall]]>([:])
  private let lookUp: LookUp

  private struct PendingCall { let answer: PendingAnswer; let loop: EventLoop; let key: SlotKey }

  /// The answer that one caller waits for.
  private final class PendingAnswer: Sendable {
    let result = Mutex<Result<[String], ResolveError>?>(nil)
  }

  /// - Parameters:
  ///   - threads: how many names may be looked up at once. Further look-ups wait, each until its own deadline.
  package init(threads: Int = 8, lookUp: @escaping LookUp = Resolver.system) {
    pool = WorkerPool(name: "resolver", threads: threads)
    self.lookUp = lookUp
  }

  /// The addresses of `host`, in the order the system prefers. For a numeric host this is the host itself.
  /// The caller must be running on `loop`.
  package func addresses(
    of host: String, port: UInt16, on loop: EventLoop, until deadline: Instant
  ) async throws(ResolveError) -> [Endpoint] {
    let itself = Endpoint(host: host, port: port)
    if SocketAddress(itself) != nil { return [itself] }
    let slot = Slot(in: loop)
    defer { slot.release() }
    let answer = PendingAnswer()
    ask(host, PendingCall(answer: answer, loop: loop, key: slot.key))
    let key = slot.key
    let wake = await withTaskCancellationHandler {
      await slot.wait(for: .read, until: deadline)
    } onCancel: {
      loop.wake(key, .cancelled)
    }
    switch (wake, answer.result.withLock { $0 }) {
    case (_, let result?): return try result.get().map { Endpoint(host: $0, port: port) }
    case (.cancelled, nil): throw .cancelled
    case (_, nil): throw .timedOut
    }
  }

  private func ask(_ host: String, _ call: PendingCall) {
    let isNew = underway.withLock { underway in
      underway[host, default: []].append(call)
      return underway[host]?.count == 1
    }
    if isNew { pool.start { self.answer(host) } }
  }

  private func answer(_ host: String) {
    let result = lookUp(host)
    let calls = underway.withLock { $0.removeValue(forKey: host) } ?? []
    for call in calls {
      call.answer.result.withLock { $0 = result }
      call.loop.wake(call.key, .ready)
    }
  }
}

extension Resolver {
  /// getaddrinfo's answer for `host`. Blocks.
  package static let system: LookUp = { host in
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    // No AI_ADDRCONFIG: it omits ::1 and 127.0.0.1 on a machine that has no other address of their family.
    var found: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, nil, &hints, &found)
    guard status == 0 else { return .failure(ResolveError(status, errno: errno)) }
    defer { freeaddrinfo(found) }
    let hosts = sequence(first: found, next: { $0?.pointee.ai_next }).compactMap { info in
      info.flatMap { SocketAddress($0.pointee) }.map { Endpoint($0).host }
    }
    return hosts.isEmpty ? .failure(.noAddress) : .success(hosts)
  }
}

extension ResolveError {
  init(_ status: Int32, errno code: Int32) {
    switch status {
    case EAI_NONAME: self = .notFound
    case CLINUX_EAI_NODATA, CLINUX_EAI_ADDRFAMILY: self = .noAddress
    case EAI_SYSTEM: self = .temporary("\(SystemError(code))")
    default: self = .temporary(String(cString: gai_strerror(status)))
    }
  }
}
