// Other sides that do not shake hands: no TLS at all, too old, silent, gone.
import COpenSSL
import Support
import Testing

@testable import Sockets
@testable import TLS

@Suite(.timeLimit(.minutes(1))) struct OtherSideTests {
  @Test(arguments: ["220 smtp.provider.example ready\r\n", "554 go away\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n"])
  func `a server that speaks plain text is named by its first words`(greeting: String) async throws {
    let error = try await failure { connection in
      try await connection.send(Array(greeting.utf8), until: soon())
      _ = try await connection.collect()
    }
    #expect(error == .notTLS(firstOctets: Array(greeting.utf8.prefix(64))))
  }

  @Test func `a server that knows only TLS 1.1 is too old`() async throws {
    let old = try serverContext()
    limit(old, to: TLS1_1_VERSION)
    let error = try await failure(echo(old))
    guard case .protocolVersion = error else {
      Issue.record("\(String(describing: error)) is not about versions")
      return
    }
  }

  @Test func `a client that knows only TLS 1.1 is too old`() async throws {
    let server = try serverContext()
    let old = try TLSContext.client(extraAuthorities: authority())
    limit(old, to: TLS1_1_VERSION)
    try await onLoop { loop in
      let (near, far) = try await pair(on: loop)
      async let ours: TLSDetails = far.startTLS(asServer: server, until: soon())
      await #expect(throws: TLSError.self) { try await near.startTLS(old, verifying: "localhost", until: soon()) }
      near.close()
      do {
        _ = try await ours
        Issue.record("TLS 1.1 was accepted")
      } catch {
        guard case .protocolVersion = error as? TLSError else {
          Issue.record("\(error) is not about versions")
          return
        }
      }
    }
  }

  @Test(arguments: ["EHLO printer\r\n", "GET / HTTP/1.1\r\n\r\n"])
  func `a client that speaks plain text to a TLS port is named by its first words`(words: String) async throws {
    let server = try serverContext()
    try await onLoop { loop in
      let (near, far) = try await pair(on: loop)
      try await near.send(Array(words.utf8), until: soon())
      await #expect(throws: TLSError.notTLS(firstOctets: Array(words.utf8))) {
        try await far.startTLS(asServer: server, until: soon())
      }
    }
  }

  @Test func `a server that says nothing costs the deadline and no more`() async throws {
    let error = try await failure(until: 0.1) { connection in _ = try await connection.collect() }
    #expect(error == .lost(.timedOut))
  }

  @Test func `a server that hangs up during the handshake is lost`() async throws {
    let error = try await failure { connection in
      _ = try await connection.receive(until: soon()) { _ in }
      connection.close()
    }
    #expect(error == .lost(.reset))
  }

  @Test func `a server that takes a half of the handshake and stops is lost at the deadline`() async throws {
    let error = try await failure(until: 0.1) { connection in
      try await connection.send([22, 3, 3, 0, 100, 2, 0, 0], until: soon())
      _ = try await connection.collect()
    }
    #expect(error == .lost(.timedOut))
  }

  @Test func `garbage that looks like a handshake is refused in OpenSSL's words`() async throws {
    let error = try await failure { connection in
      try await connection.send([22, 3, 3, 0, 4, 99, 0, 0, 0], until: soon())
      _ = try await connection.collect()
    }
    #expect(error == .handshake("unexpected message"))
  }

  @Test func `an empty name is never verified`() async throws {
    let server = try serverContext()
    await #expect(throws: TLSError.handshake("not a host name: ")) {
      try await onLoop { loop in
        let (near, _) = try await pair(on: loop)
        try await near.startTLS(.client(), verifying: "", until: soon())
      }
    }
    _ = server
  }

  @Test func `files that hold no certificate or not its key are refused by name`() throws {
    let good = TestCertificate.good
    let directory = try TemporaryDirectory()
    let junk = try directory.write("not a certificate", to: "junk.pem")
    let absent = directory.path("absent.pem")
    for (certificate, key, culprit) in [
      (absent, good.keyFile, absent), (junk, good.keyFile, junk), (good.chainFile, absent, absent),
      (good.chainFile, junk, junk),
      (good.chainFile, TestCertificate.selfSigned.keyFile, TestCertificate.selfSigned.keyFile),
    ] {
      let error = #expect(throws: TLSError.self) { try TLSContext.server(certificateFile: certificate, keyFile: key) }
      guard case .badCertificateFile(let words) = error else { continue }
      #expect(words.hasPrefix("\(culprit): "))
    }
  }

  @Test(arguments: ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
  func `authorities that are none are refused`(text: String) {
    let error = #expect(throws: TLSError.self) { try TLSContext.client(extraAuthorities: text) }
    guard case .badCertificateFile = error else {
      Issue.record("\(String(describing: error)) is not about the file")
      return
    }
  }

  @Test func `a server's own certificate may be what is trusted`() async throws {
    let certificate = TestCertificate.selfSigned
    let client = try TLSContext.client(extraAuthorities: text(of: certificate.chainFile))
    let server = try serverContext(certificate)
    try await onLoop { loop in
      let (near, far) = try await pair(on: loop)
      async let ours: TLSDetails = far.startTLS(asServer: server, until: soon())
      let theirs = try await near.startTLS(client, verifying: "localhost", until: soon())
      #expect(theirs.certificate?.issuer == "CN=localhost")
      let details = try await ours
      #expect(details.certificate == nil)
    }
  }

  /// What a client says about a server that behaves like `serve`.
  private func failure(
    until seconds: Double = 10, _ serve: @escaping @Sendable (Connection) async throws -> Void
  ) async throws -> TLSError? {
    let client = try TLSContext.client(extraAuthorities: authority())
    var failure: TLSError?
    try await onLoop { loop in
      let (listener, serving) = try listen(on: loop, serve)
      defer { serving.cancel() }
      let connection = try await Dialer().connect(to: [listener.endpoint], on: loop, until: soon())
      failure = await #expect(throws: TLSError.self) {
        try await connection.startTLS(client, verifying: "localhost", until: soon(seconds))
      }
      connection.close()
    }
    return failure
  }
}

/// Makes `context` as old as `version`, which OpenSSL no longer allows at its usual level of security.
func limit(_ context: TLSContext, to version: Int32) {
  SSL_CTX_set_security_level(context.pointer, 0)
  SSL_CTX_set_cipher_list(context.pointer, "ALL:@SECLEVEL=0")
  SSL_CTX_ctrl(context.pointer, SSL_CTRL_SET_MIN_PROTO_VERSION, min(Int(version), Int(TLS1_2_VERSION)), nil)
  SSL_CTX_ctrl(context.pointer, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(version), nil)
}
