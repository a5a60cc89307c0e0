// Proofs of an app that are fetched on this host for each request: an assertion in a file, a secret that a program prints.

import Cryptography
import Foundation
import Mailboxes
import Support
import Testing

@testable import OAuth

/// A JWT that nobody has signed, as far as a client looks at it.
private func assertion(subject: String = "workload", ending end: Date? = noon + 3600) -> String {
  let claims = "{\"sub\":\"\(subject)\"\(end.map { ",\"exp\":\(Int($0.timeIntervalSince1970))" } ?? "")}"
  return ["{\"alg\":\"RS256\"}", claims, "seal"].map { Base64URL.encode($0.utf8) }.joined(separator: ".")
}

@Suite struct `An assertion in a file` {
  private let directory: TemporaryDirectory
  private var path: String { directory.path("token") }

  init() throws { directory = try TemporaryDirectory() }

  private func source(_ server: FakeTokenServer) -> TokenSource {
    var grant = server.grant()
    (grant.proof, grant.entitlement) = (.assertionFile(path), .clientCredentials)
    return TokenSource(grant, store: UnsavedTokenStore(grant), endpoint: .unproxied(within: .seconds(5)))
  }

  @Test func `is read anew for each request, and sent in place of a secret`() async throws {
    let server = try await FakeTokenServer(.token("one"), .token("two"))
    let source = source(server)
    try directory.write("\(assertion(subject: "first"))\n", to: "token")
    _ = try await source.accessToken(now: noon)
    try directory.write(assertion(subject: "second"), to: "token")
    _ = try await source.accessToken(now: noon + 3500)
    #expect(server.forms.map { $0["client_assertion"] } == ["first", "second"].map { assertion(subject: $0) })
    for form in server.forms {
      #expect(form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
      #expect(form["client_id"] == "letterhead" && form["client_secret"] == nil)
    }
  }

  @Test func `that is missing costs nothing as long as the token at hand is good, and asks nobody`() async throws {
    let server = try await FakeTokenServer(.token("one"))
    let source = source(server)
    try directory.write(assertion(), to: "token")
    let token = try await source.accessToken(now: noon)
    try FileManager.default.removeItem(atPath: path)
    #expect(try await source.accessToken(now: noon + 3500) == token)
    await #expect(throws: TokenError.clientProof(.file(path, .missing))) {
      try await source.accessToken(now: noon + 3601)
    }
    #expect(server.requests == 1)
  }

  @Test func `is hidden where a server repeats it`() async throws {
    let server = try await FakeTokenServer(.error("invalid_client", 401, description: "no: \(assertion())"))
    try directory.write(assertion(), to: "token")
    await #expect(throws: TokenError.misconfigured(error: "invalid_client", description: "no: [secret]")) {
      try await source(server).accessToken(now: noon)
    }
  }

  private static let faults: [(content: String, fault: ClientProofFault.FileFault?)] = [
    ("", .empty), ("\n \r\n", .empty), ("two words", .notAnAssertion), ("a\u{1}b", .notAnAssertion),
    (String(repeating: "x", count: 65_536), nil), (String(repeating: "x", count: 65_537), .tooLong(limit: 65_536)),
    (assertion(ending: noon), .expired(noon)), (assertion(ending: noon + 1), nil), (assertion(ending: nil), nil),
    // Not a JWT, or none that can be read: the server decides.
    ("opaque", nil), ("a.b", nil), ("a.%.c", nil), ("\(Base64URL.encode("{}".utf8)).bm90LUpTT04.c", nil),
  ]

  @Test(arguments: faults.indices)
  func `is judged before anybody is asked`(index: Int) throws {
    let (content, fault) = Self.faults[index]
    try directory.write(content, to: "token")
    if let fault {
      #expect(throws: fault) { try AssertionFile(path: path).read(now: noon) }
    } else {
      #expect(try AssertionFile(path: path).read(now: noon) == Secret(content))
    }
  }

  @Test func `is a regular file, or a link to one, that not everybody may change`() throws {
    #expect(throws: ClientProofFault.FileFault.missing) { try AssertionFile(path: path).read(now: noon) }
    #expect(throws: ClientProofFault.FileFault.notRegular) {
      try AssertionFile(path: directory.path).read(now: noon)
    }
    #expect(mkfifo(path, 0o600) == 0)
    #expect(throws: ClientProofFault.FileFault.notRegular) { try AssertionFile(path: path).read(now: noon) }
    #expect(throws: ClientProofFault.FileFault.unreadable("Not a directory")) {
      try AssertionFile(path: "\(path)/token").read(now: noon)
    }
    let file = try directory.write(assertion(), to: "other", mode: 0o644)
    #expect(symlink(file, directory.path("link")) == 0)
    #expect(try AssertionFile(path: directory.path("link")).read(now: noon) == Secret(assertion()))
    #expect(chmod(file, 0o646) == 0)
    #expect(throws: ClientProofFault.FileFault.writableByAll) {
      try AssertionFile(path: directory.path("link")).read(now: noon)
    }
  }
}

@Suite struct `A command that prints a secret` {
  private func secret(_ words: String...) throws -> Secret { try SecretCommand(words: words).run() }

  private func shell(_ line: String) throws -> Secret { try secret("/bin/sh", "-c", line) }

  @Test func `is run for each request`() async throws {
    let directory = try TemporaryDirectory()
    let server = try await FakeTokenServer(.token("one"), .token("two"))
    var grant = server.grant()
    grant.proof = .secretCommand(["/bin/cat", directory.path("secret")])
    let source = TokenSource(grant, store: UnsavedTokenStore(grant), endpoint: .unproxied(within: .seconds(5)))
    try directory.write("hush&1\n", to: "secret")
    _ = try await source.accessToken(now: noon)
    try directory.write("hush+2", to: "secret")
    _ = try await source.accessToken(now: noon + 3500)
    #expect(server.forms.map { $0["client_secret"] } == ["hush&1", "hush+2"])
    #expect(server.forms.map { $0["refresh_token"] } == ["refresh-1", "refresh-1"])
  }

  @Test func `gets its arguments as they are, and not what leads to the relay's key`() throws {
    #expect(try secret("/bin/echo", "$(id)", "*") == Secret("$(id) *"))
    setenv("CREDENTIALS_DIRECTORY", "/run/credentials/letterhead.service", 1)
    defer { unsetenv("CREDENTIALS_DIRECTORY") }
    #expect(try shell("echo \"<$CREDENTIALS_DIRECTORY>\"") == Secret("<>"))
  }

  private static let faults: [(line: String, fault: ClientProofFault.CommandFault)] = [
    ("exit 3", .exited(3, words: "")),
    ("printf hush; printf 'no\\033[31m vault\\nhere\\n' >&2; exit 2", .exited(2, words: "no [31m vault here")),
    ("kill -9 $$", .signaled(9, words: "")),
    ("true", .silent), ("echo", .silent),
    ("printf 'one\\ntwo\\n'", .notASecret), ("printf 'a\\033b'", .notASecret),
    ("exec yes hush", .tooLong(limit: 4096)),
  ]

  @Test(arguments: faults.indices)
  func `is judged by how it ends and what it says`(index: Int) {
    #expect(throws: Self.faults[index].fault) { try shell(Self.faults[index].line) }
  }

  @Test func `has to be there, and is stopped with all that it started when it takes too long`() async throws {
    #expect(throws: ClientProofFault.CommandFault.notStarted("No such file or directory")) {
      try secret("/nowhere/vault")
    }
    let directory = try TemporaryDirectory()
    let pid = directory.path("pid")
    var slow = SecretCommand(words: ["/bin/sh", "-c", "sleep 600 & echo $! > \(pid); wait"])
    // The time is over once the program has started another one.
    slow.now = {
      .now + ((try? String(contentsOfFile: pid, encoding: .utf8))?.hasSuffix("\n") == true ? .seconds(60) : .zero)
    }
    #expect(throws: ClientProofFault.CommandFault.tookTooLong(seconds: 20)) { try slow.run() }
    let started = try #require(pid_t(try String(contentsOfFile: pid, encoding: .utf8).dropLast()))
    try await until { isGone(started) }
  }

  @Test func `does not have to wait for a program that it leaves in the background`() throws {
    #expect(try shell("sleep 5 & echo hush") == Secret("hush"))
  }

  /// Killed, and perhaps not yet waited for by init.
  private func isGone(_ pid: pid_t) -> Bool {
    guard let state = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return true }
    return state.contains(") Z ")
  }
}
