// Waits on this machine's loopback for the browser that comes back from the provider. RFC 8252 §7.3, §8.3.
//
// A few lines of HTTP of our own instead of a web server: it reads one kind of request, holds it until the sign-in has
// succeeded or failed, and has limits on everything.

import FoundationEssentials
package import Mailboxes
import Sockets
import Synchronization

/// Waits once for one browser. The request with the right `state` gets its answer from ``show(_:)``, because what the page
/// says is known only when the code has been exchanged and the account is known. Every other request (for a favicon, by a
/// port scan, from an old tab) gets a short answer and does not end the wait.
package final class LoopbackReceiver: Sendable {
  package static let timeLimit = Duration.seconds(600)
  /// So many may be connected and have not asked for anything yet.
  private static let mostSilent = 32
  /// So many are answered at a time.
  private static let mostAnswered = 96

  /// As it must stand in the authorization request, and be registered but for the port.
  package let redirectURI: String
  let authority: String
  private let path: String
  private let listeners: [Listener]
  private let loop = EventLoop(name: "sign-in")
  private let state = Mutex(State())

  private struct State {
    var codeIn: (@Sendable (Callback) throws(SignInError) -> Secret)?
    /// The first answer to our request, success or failure. Later ones do not count.
    var arrival: Result<Secret, SignInError>?
    var waiter: CheckedContinuation<Result<Secret, SignInError>, Never>?
    var page: EndPage?
    var browsers: [CheckedContinuation<EndPage, Never>] = []
    /// Connected, and have not asked for anything yet; the oldest first.
    var silent: [(number: Int, interrupter: Interrupter)] = []
    var entered = 0
    /// Have asked for something.
    var answered = 0
  }

  /// Listens from now on.
  ///
  /// - Parameters:
  ///   - host: `127.0.0.1`, or `localhost`, which browsers look for on either address.
  ///   - port: 0 lets the kernel choose, as providers allow; some servers know one port only.
  ///   - path: as it is registered; nothing, or with a slash in front.
  /// - Throws: `.cannotListen`.
  package init(host: String = "127.0.0.1", port: UInt16 = 0, path: String = "") throws(SignInError) {
    listeners = try Self.listen(host, port)
    authority = "\(host):\(listeners[0].endpoint.port)"
    self.path = path.isEmpty ? "/" : path
    redirectURI = "http://\(authority)\(path)"
  }

  private static func listen(_ host: String, _ port: UInt16) throws(SignInError) -> [Listener] {
    var attempts = 0
    while true {
      attempts += 1
      do throws(ListenError) {
        let first = try Listener(address: "127.0.0.1:\(port)")
        guard host == "localhost" else { return [first] }
        do throws(ListenError) {
          return [first, try Listener(address: "[::1]:\(first.endpoint.port)")]
        } catch .noSuchAddress, .notAnAddress {
          return [first]  // A machine without IPv6.
        } catch .failed {
          return [first]
        }
      } catch {
        // The port that the kernel chose for one address may be taken on the other.
        guard case .inUse = error, port == 0, attempts < 20 else { throw .cannotListen("\(error)") }
      }
    }
  }

  /// The code that the browser brings in answer to `request`. Call ``show(_:)`` or ``close()`` afterwards.
  ///
  /// - Throws: `.timedOut`, `.refused`, or `.callback` where the right sign-in came back in the wrong shape.
  package func code(
    for request: AuthorizationRequest, within limit: Duration = timeLimit
  ) async throws(SignInError) -> Secret {
    state.withLock { $0.codeIn = { (callback) throws(SignInError) in try request.code(in: callback) } }
    loop.start()
    for listener in listeners { loop.start { await self.serve(listener) } }
    let timer = loop.start { [loop] in
      if (try? await loop.sleep(until: .now + limit)) != nil { self.settle(.failure(.timedOut)) }
    }
    defer { timer.cancel() }
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let early = state.withLock { state in
          if state.arrival == nil { state.waiter = continuation }
          return state.arrival
        }
        if let early { continuation.resume(returning: early) }
      }
    } onCancel: {
      settle(.failure(.cancelled))
    }
    return try result.get()
  }

  /// Tells the browser how it ended, waits until it has read that, `limit` at most, and closes.
  package func show(_ page: EndPage, within limit: Duration = .seconds(2)) async {
    state.withLock { $0.page = page }
    answerBrowsers(page)
    let deadline = ContinuousClock.now + limit
    while openConnections > 0, ContinuousClock.now < deadline {
      try? await Task.sleep(for: .milliseconds(10))
    }
    loop.stop()
  }

  /// Ends the wait; no page tells how.
  package func close() {
    answerBrowsers(.failed)
    loop.stop()
  }

  private func answerBrowsers(_ page: EndPage) {
    for listener in listeners { listener.close() }
    let waiting = state.withLock { state in
      defer { state.browsers = [] }
      return state.browsers
    }
    for browser in waiting { browser.resume(returning: page) }
  }

  /// But for those that were ended for a later one's sake.
  var openConnections: Int { state.withLock { $0.silent.count + $0.answered } }

  private func settle(_ result: Result<Secret, SignInError>) {
    let waiter = state.withLock { state in
      guard state.arrival == nil else { return nil as CheckedContinuation<Result<Secret, SignInError>, Never>? }
      state.arrival = result
      return state.waiter.take()
    }
    waiter?.resume(returning: result)
  }
}

// MARK: Browsers

extension LoopbackReceiver {
  private func serve(_ listener: Listener) async {
    await withDiscardingTaskGroup { group in
      do throws(ConnectionError) {
        while true {
          let connection = try await listener.accept(on: loop)
          group.addTask { await self.answer(connection) }
        }
      } catch {
        // Closed.
      }
    }
  }

  /// The browser may come last: for it the one is ended that has been silent for longest. That one counts no more from
  /// here on, however late it learns of it, or a burst of them would keep the browser out.
  ///
  /// - Returns: a number for ``leaveSilent(_:)``.
  private func enter(_ interrupter: Interrupter) -> Int {
    let (number, oldest) = state.withLock { state -> (Int, Interrupter?) in
      let oldest = state.silent.count < Self.mostSilent ? nil : state.silent.removeFirst().interrupter
      state.entered += 1
      state.silent.append((state.entered, interrupter))
      return (state.entered, oldest)
    }
    oldest?.interrupt()
    return number
  }

  private func leaveSilent(_ number: Int) {
    state.withLock { state in state.silent.removeAll { $0.number == number } }
  }

  private func answer(_ connection: Connection) async {
    let number = enter(connection.interrupter)
    guard let request = await BrowserRequest.receive(from: connection), beginAnswer(to: number) else {
      leaveSilent(number)
      return connection.close()
    }
    defer { state.withLock { $0.answered -= 1 } }
    let page = await page(for: request)
    try? await connection.send(page.response, until: .now + .seconds(5))
    await connection.finish(until: .now + .seconds(1))
  }

  /// - Returns: false where there is no room.
  private func beginAnswer(to number: Int) -> Bool {
    state.withLock { state in
      guard state.answered < Self.mostAnswered else { return false }
      state.silent.removeAll { $0.number == number }
      state.answered += 1
      return true
    }
  }

  private func page(for request: BrowserRequest) async -> EndPage {
    // Another name for this address: a web page that had its own name pointed here (DNS rebinding).
    guard request.host == authority, request.method == "GET", request.path == path else { return .nothingHere }
    guard let code = state.withLock({ $0.codeIn }), let callback = try? Callback(query: request.query) else {
      return .nothingHere
    }
    do throws(SignInError) {
      settle(.success(try code(callback)))
    } catch .callback(.noState), .callback(.otherState) {
      return .otherSignIn
    } catch {
      settle(.failure(error))
    }
    return await verdict()
  }

  /// A browser that asks twice is told the same twice.
  private func verdict() async -> EndPage {
    await withCheckedContinuation { continuation in
      let page = state.withLock { state in
        if state.page == nil { state.browsers.append(continuation) }
        return state.page
      }
      if let page { continuation.resume(returning: page) }
    }
  }
}
