// The browser that comes back, and everything else that comes by.

import Foundation
import Mailboxes
import Sockets
import Support
import Testing

@testable import OAuth

@Suite struct LoopbackTests {
  /// A wait that has begun, and what a browser on this machine can do to it.
  private struct Wait {
    let receiver: LoopbackReceiver
    let request: AuthorizationRequest
    let code: Task<Result<Secret, SignInError>, Never>

    init(host: String = "127.0.0.1", path: String = "", within limit: Duration = LoopbackReceiver.timeLimit) throws {
      let receiver = try LoopbackReceiver(host: host, path: path)
      let tokenURL = try #require(URL(string: "https://login.example/token"))
      let request = try AuthorizationRequest(
        to: .test(tokenURL), by: OAuthClient(id: "app", tokenURL: tokenURL), redirectURI: receiver.redirectURI)
      code = Task {
        do throws(SignInError) { return .success(try await receiver.code(for: request, within: limit)) } catch {
          return .failure(error)
        }
      }
      (self.receiver, self.request) = (receiver, request)
    }

    var state: String { request.fields["state"] ?? "" }
    var port: UInt16 { UInt16(receiver.authority.split(separator: ":").last ?? "") ?? 0 }

    /// Sends `octets` as they are and returns all that comes back.
    func say(_ octets: String, at address: String = "127.0.0.1") async throws -> String {
      let port = port
      return try await BlockingThread { try exchange(Array(octets.utf8), "\(address)", port) }.value
    }

    func get(_ target: String, host: String? = nil, at address: String = "127.0.0.1") async throws -> String {
      try await say("GET \(target) HTTP/1.1\r\nHost: \(host ?? receiver.authority)\r\n\r\n", at: address)
    }
  }

  private func isPage(_ answer: String, _ page: EndPage) -> Bool {
    answer == String(decoding: page.response, as: UTF8.self)
  }

  @Test(arguments: [EndPage.success, .refused, .wrongAccount, .failed])
  func `the browser waits until the sign-in is judged, and then reads how it ended`(page: EndPage) async throws {
    let wait = try Wait(path: "/callback")
    async let answer = wait.get("/callback?code=c1&state=\(wait.state)")
    #expect(try await wait.code.value.get() == Secret("c1"))
    // A reload meanwhile.
    async let again = wait.get("/callback?code=c1&state=\(wait.state)")
    try await until { wait.receiver.openConnections == 2 }
    await wait.receiver.show(page, within: .seconds(60))
    #expect(isPage(try await answer, page))
    #expect(isPage(try await again, page))
    #expect(!(try await answer).contains("c1"))
  }

  @Test func `whatever else comes by ends nothing`() async throws {
    let wait = try Wait()
    let state = wait.state
    for target in ["/favicon.ico", "/", "/other?code=c&state=\(state)", "/?", "/../?code=c&state=\(state)"] {
      #expect(isPage(try await wait.get(target), .nothingHere))
    }
    for target in ["/?code=evil&state=wrong", "/?code=evil", "/?error=access_denied"] {
      #expect(isPage(try await wait.get(target), .otherSignIn))
    }
    // A name of another's that points here, and none at all.
    #expect(isPage(try await wait.get("/?code=evil&state=\(state)", host: "evil.example:\(wait.port)"), .nothingHere))
    #expect(try await wait.say("GET /?code=evil&state=\(state) HTTP/1.1\r\n\r\n").isEmpty)
    #expect(
      isPage(
        try await wait.say("POST /?code=evil&state=\(state) HTTP/1.1\r\nHost: \(wait.receiver.authority)\r\n\r\n"),
        .nothingHere))
    // No HTTP, too much of it, and nothing.
    for noise in ["\u{16}\u{3}\u{1}\r\n\r\n", "EHLO x\r\n\r\n", "GET /" + String(repeating: "x", count: 70_000), ""] {
      #expect(try await wait.say(noise).isEmpty)
    }
    async let answer = wait.get("/?state=\(state)&code=c2")
    #expect(try await wait.code.value.get() == Secret("c2"))
    await wait.receiver.show(.success, within: .seconds(60))
    #expect(isPage(try await answer, .success))
  }

  @Test func `two hundred open connections that say nothing do not keep the browser out`() async throws {
    let wait = try Wait()
    let idle = (0..<200).compactMap { _ in connected(to: "127.0.0.1", wait.port) }
    defer { for descriptor in idle { close(descriptor) } }
    #expect(idle.count == 200)
    async let got = wait.get("/?state=\(wait.state)&code=c")
    #expect(try await wait.code.value.get() == Secret("c"))
    await wait.receiver.show(.success, within: .seconds(60))
    #expect(isPage(try await got, .success))
  }

  @Test func `a refusal keeps the provider's words, and shows none of them in the browser`() async throws {
    let wait = try Wait()
    async let answer = wait.get("/?state=\(wait.state)&error=access_denied&error_description=%3Cscript%3E+no")
    #expect(await wait.code.value == .failure(.refused(error: "access_denied", description: "<script> no")))
    await wait.receiver.show(.refused, within: .seconds(60))
    #expect(isPage(try await answer, .refused))
    #expect(!(try await answer).contains("script"))
  }

  @Test func `the first answer counts, and no second one`() async throws {
    let wait = try Wait()
    async let first = wait.get("/?state=\(wait.state)&code=first")
    #expect(try await wait.code.value.get() == Secret("first"))
    async let second = wait.get("/?state=\(wait.state)&code=second")
    try await until { wait.receiver.openConnections == 2 }
    await wait.receiver.show(.success, within: .seconds(60))
    #expect(isPage(try await first, .success))
    #expect(isPage(try await second, .success))
    #expect(try await wait.code.value.get() == Secret("first"))
  }

  @Test func `localhost is answered on both addresses`() async throws {
    let wait = try Wait(host: "localhost")
    #expect(wait.receiver.redirectURI == "http://localhost:\(wait.port)")
    #expect(isPage(try await wait.get("/favicon.ico"), .nothingHere))
    async let answer = wait.get("/?code=c&state=\(wait.state)", at: "::1")
    #expect(try await wait.code.value.get() == Secret("c"))
    await wait.receiver.show(.success, within: .seconds(60))
    #expect(isPage(try await answer, .success))
  }

  @Test func `nobody coming is a fault of its own, and so is a caller who leaves`() async throws {
    let wait = try Wait(within: .milliseconds(100))
    #expect(await wait.code.value == .failure(.timedOut))
    wait.receiver.close()
    let abandoned = try Wait()
    abandoned.code.cancel()
    #expect(await abandoned.code.value == .failure(.cancelled))
    abandoned.receiver.close()
  }

  @Test func `a port that is taken is told`() throws {
    let listener = try Listener(address: "127.0.0.1:0")
    do throws(SignInError) {
      _ = try LoopbackReceiver(port: listener.endpoint.port)
      Issue.record("it listens where another does")
    } catch {
      guard case .cannotListen = error else { throw error }
    }
  }
}

private func connected(to host: String, _ port: UInt16) -> Int32? {
  var hints = addrinfo()
  hints.ai_flags = AI_NUMERICHOST
  hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
  var found: UnsafeMutablePointer<addrinfo>?
  guard getaddrinfo(host, "\(port)", &hints, &found) == 0, let found else { return nil }
  defer { freeaddrinfo(found) }
  let descriptor = socket(found.pointee.ai_family, Int32(SOCK_STREAM.rawValue), 0)
  guard connect(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0 else {
    close(descriptor)
    return nil
  }
  return descriptor
}

/// Sends, says that no more comes, and reads to the end.
private func exchange(_ octets: [UInt8], _ host: String, _ port: UInt16) throws -> String {
  let descriptor = try #require(connected(to: host, port))
  defer { close(descriptor) }
  // For what never comes: a loaded machine is slow.
  var patience = timeval(tv_sec: 60, tv_usec: 0)
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  var sent = 0
  while sent < octets.count {
    let count = octets.withUnsafeBytes {
      send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
    }
    if count <= 0 { break }
    sent += count
  }
  shutdown(descriptor, Int32(SHUT_WR))
  var answer: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 4096)
  while true {
    let count = recv(descriptor, &piece, piece.count, 0)
    if count <= 0 { break }
    answer += piece.prefix(count)
  }
  return String(decoding: answer, as: UTF8.self)
}
