// Whom we trust, and what we say about those whom we do not.
import Foundation
import Support
import Testing

@testable import Sockets
@testable import TLS

@Suite(.timeLimit(.minutes(1))) struct HandshakeTests {
  @Test(arguments: ["localhost", "127.0.0.1", "LOCALHOST.", "::1"])
  func `a certificate from a trusted authority for the right name or address is taken`(host: String) async throws {
    let details = try await handshake(.good, as: host)
    #expect(details.version == "TLSv1.3")
    #expect(details.certificate?.names == ["localhost", "*.example", "*.test", "127.0.0.1", "::1"])
    #expect(details.certificate?.subject == "CN=localhost")
    #expect(details.certificate?.issuer == "CN=Letterhead test authority")
    #expect(details.certificate?.sha256Fingerprint.count == 32)
    #expect(try #require(details.certificate).notAfter > Date())
  }

  @Test(
    arguments: [
      (.expired, "localhost", .expired(Date(timeIntervalSince1970: 1_717_200_000))),
      (.notYetValid, "localhost", .notYetValid(Date(timeIntervalSince1970: 2_461_449_600))),
      (.wrongName, "localhost", .wrongName(["mail.elsewhere.invalid"])),
      (.wrongName, "127.0.0.1", .wrongName(["mail.elsewhere.invalid"])),
      (.commonNameOnly, "localhost", .wrongName([])),
      (.good, "127.0.0.2", .wrongName(["localhost", "*.example", "*.test", "127.0.0.1", "::1"])),
      (.good, "a.b.example", .wrongName(["localhost", "*.example", "*.test", "127.0.0.1", "::1"])),
      (.otherAuthority, "localhost", .unknownIssuer("CN=Some other authority", selfSigned: false)),
      (.selfSigned, "localhost", .unknownIssuer("CN=localhost", selfSigned: true)),
      (.missingIntermediate, "localhost", .unknownIssuer("CN=Letterhead test intermediate", selfSigned: false)),
    ] as [(TestCertificate, String, TLSError)])
  func `a certificate that proves nothing is refused with the reason`(
    certificate: TestCertificate, host: String, reason: TLSError
  ) async throws {
    await #expect(throws: reason) { try await handshake(certificate, as: host) }
  }

  @Test func `an intermediate that is sent completes the chain`() async throws {
    let details = try await handshake(.named("with-intermediate"), as: "localhost")
    #expect(details.certificate?.issuer == "CN=Letterhead test intermediate")
  }

  private func handshake(_ certificate: TestCertificate, as host: String) async throws -> TLSDetails {
    let server = try serverContext(certificate)
    let client = try TLSContext.client(extraAuthorities: authority())
    var details: TLSDetails?
    try await onLoop { loop in
      let (listener, serving) = try listen(on: loop, echo(server))
      defer { serving.cancel() }
      let connection = try await Dialer().connect(to: [listener.endpoint], on: loop, until: soon())
      details = try await connection.startTLS(client, verifying: host, until: soon())
      try await connection.send(Array("EHLO".utf8), until: soon())
      #expect(try await connection.collect(4) == Array("EHLO".utf8))
    }
    return try #require(details)
  }
}
