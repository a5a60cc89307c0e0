// Names to addresses, by the system's own means (getaddrinfo: /etc/hosts, DNS, both families). Those block, and may
// hang for half a minute, so they run on a few threads of their own and the asker stops waiting at its deadline.
import CLinux
import Glibc
import Synchronization
import System

package enum ResolveError: Error, Equatable {
  /// There is no such name.
  case notFound
  /// The name exists and has no address.
  case noAddress
  /// The system's own words. May work later.
  case temporary(String)
  case timedOut
  case cancelled
}

package final class Resolver: Sendable {
  package typealias Answer = Result<[String], ResolveError>

  private let pool: WorkerPool
  /// Who waits for the look-ups under way. Asking for the same name again joins the look-up that runs.
  private let underway = Mutex<[String: [Asker]]>([:])
  private let lookUp: @Sendable (String) -> Answer

  private struct Asker { let question: Question; let loop: EventLoop; let key: SlotKey }

  /// What one asker waits for.
  private final class Question: Sendable { let answer = Mutex<Answer?>(nil) }

  /// - Parameters:
  ///   - threads: how many names may be looked up at once; further ones queue, each to its own deadline.
  ///   - lookUp: may block.
  package init(threads: Int = 8, lookUp: @escaping @Sendable (String) -> Answer = Resolver.system) {
    pool = WorkerPool(name: "resolver", threads: threads)
    self.lookUp = lookUp
  }

  /// The addresses of `host`, in the order the system prefers. A numeric host is its own answer.
  /// The caller must be running on `loop`.
  package func addresses(
    of host: String, port: UInt16, on loop: EventLoop, until deadline: Instant
  ) async throws(ResolveError) -> [Endpoint] {
    let itself = Endpoint(host: host, port: port)
    if SocketAddress(itself) != nil { return [itself] }
    let slot = Slot(in: loop)
    defer { slot.release() }
    let question = Question()
    ask(host, Asker(question: question, loop: loop, key: slot.key))
    let key = slot.key
    let wake = await withTaskCancellationHandler {
      await slot.wait(for: .read, until: deadline)
    } onCancel: {
      loop.wake(key, .cancelled)
    }
    switch (wake, question.answer.withLock { $0 }) {
    case (_, let answer?): return try answer.get().map { Endpoint(host: $0, port: port) }
    case (.cancelled, nil): throw .cancelled
    case (_, nil): throw .timedOut
    }
  }

  private func ask(_ host: String, _ asker: Asker) {
    let isNew = underway.withLock { underway in
      underway[host, default: []].append(asker)
      return underway[host]?.count == 1
    }
    if isNew { pool.start { self.answer(host) } }
  }

  private func answer(_ host: String) {
    let answer = lookUp(host)
    let askers = underway.withLock { $0.removeValue(forKey: host) } ?? []
    for asker in askers {
      asker.question.answer.withLock { $0 = answer }
      asker.loop.wake(asker.key, .ready)
    }
  }
}

extension Resolver {
  /// getaddrinfo's answer for `host`. Blocks.
  package static let system: @Sendable (String) -> Answer = { host in
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    // No AI_ADDRCONFIG: it leaves out ::1 and 127.0.0.1 on a machine that has no other address of their family.
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
