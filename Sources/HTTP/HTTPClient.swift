// Asks servers over HTTP. libcurl does it; here are the bounds that Letterhead wants on everything.
//
// All requests of a client share one thread, which starts with the first of them. No redirects, no cookies, no cache, no
// .netrc; TLS 1.2 at least; plain http to this machine only. RFC 9110, 9112.

import CCurl
import FoundationEssentials
import Synchronization

package final class HTTPClient: Sendable {
  private enum State {
    case unused
    case running(TransferLoop)
    case closed
  }

  private let state = Mutex(State.unused)
  private let proxy: Proxy
  private let environment: [String: String]

  /// - Parameter proxy: for https, as libcurl writes it (`http://proxy.example:3128`); without one the environment's are
  ///   taken: `https_proxy`, `all_proxy`. In either case `no_proxy` names the hosts that are asked directly.
  package init(proxy: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment) {
    self.proxy = Proxy(configured: proxy)
    self.environment = environment
  }

  deinit { close() }

  /// Whether `text` can be a proxy: `http://proxy.example:3128`, also with https, socks5 and socks5h.
  package static func isProxy(_ text: String) -> Bool {
    guard let url = URL(string: text), let scheme = url.scheme, let host = url.host() else { return false }
    return ["http", "https", "socks5", "socks5h"].contains(scheme.lowercased()) && !host.isEmpty
  }

  /// Ends every request as `.closed`, and returns when the thread has ended. Further requests are refused.
  package func close() {
    let before = state.withLock { state in
      defer { state = .closed }
      return state
    }
    if case .running(let loop) = before { loop.close() }
  }

  /// The server's answer, whatever its status. A cancelled caller gets `.cancelled` at once.
  ///
  /// - Throws: in the case of `.notAllowed`, `.proxyWouldRead`, `.malformed`, `.unreachable`, `.proxyRefused` and
  ///   `.untrusted`, nothing has been sent.
  package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    try check(request)
    let loop = try running()
    let transfer = try Transfer(request, through: proxy)
    async let _: Void = feed(transfer, of: request, through: loop)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        loop.post(.start(transfer, continuation))
        // The handler below may have come before there was anything to cancel.
        if Task.isCancelled { loop.post(.cancel(transfer)) }
      }
    } onCancel: {
      loop.post(.cancel(transfer))
    }
    return try result.get()
  }

  private func check(_ request: HTTPRequest) throws(HTTPError) {
    guard request.isWellFormed else { throw .malformed }
    guard let address = HTTPAddress(request.url), address.isAllowed else { throw .notAllowed }
    guard !address.isReadByProxy(environment) else { throw .proxyWouldRead }
  }

  private func running() throws(HTTPError) -> TransferLoop {
    try state.withLock { state throws(HTTPError) in
      switch state {
      case .closed: throw .closed
      case .running(let loop): return loop
      case .unused:
        let loop = TransferLoop()
        state = .running(loop)
        return loop
      }
    }
  }

  /// Gets the pieces of the body, each when libcurl has sent the one before.
  private func feed(_ transfer: Transfer, of request: HTTPRequest, through loop: TransferLoop) async {
    guard case .pieces(_, let next) = request.body else { return }
    for await _ in transfer.demands {
      do {
        let piece = try await next()
        loop.post(.take(piece, transfer))
      } catch {
        return loop.post(.end(transfer, .noBody("\(error)")))
      }
    }
  }
}
