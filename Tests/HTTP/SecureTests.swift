// TLS, whom it trusts, and proxies.

import Foundation
import Sockets
import Support
import Testing

@testable import HTTP

private let exchange = """
  C: GET / HTTP/1.1
  C: Host: *
  C: User-Agent: letterhead
  C: Accept: */*
  C:
  S: HTTP/1.1 200 OK
  S: Content-Length: 2
  S:
  S> "ok"
  """

private let tunnel = """
  C: CONNECT mail.elsewhere.invalid:443 HTTP/1.1
  C: Host: mail.elsewhere.invalid:443
  C: User-Agent: letterhead
  C: Proxy-Connection: Keep-Alive
  C:
  """

extension HTTP {
  @Suite struct SecureTests {
    private let client = HTTPClient()

    private func authority() throws -> String {
      try String(contentsOfFile: TestCertificate.authorityFile, encoding: .utf8)
    }

    // MARK: Certificates

    @Test func `a private authority is trusted by the request that names it, and by no other`() async throws {
      // The third request must not go over the connection of the second.
      let server = try ScriptedPeer("(starts TLS)", "(starts TLS)\n\(exchange)", "(starts TLS)")
      let request = try HTTPRequest.to(server.endpoint.port, scheme: "https")
      guard case .untrusted = await client.error(of: request) else { throw Unexpected(nil) }
      let authority = try authority()
      #expect(try await client.send(request.with { $0.authoritiesPEM = authority }).body == Array("ok".utf8))
      guard case .untrusted = await client.error(of: request) else { throw Unexpected(nil) }
    }

    @Test(arguments: ["expired", "not-yet-valid", "wrong-name", "other-ca", "self-signed", "missing-intermediate"])
    func `a certificate that is not in order ends it before anything was sent`(name: String) async throws {
      let server = try ScriptedPeer("(starts TLS)", certificate: .named(name))
      let authority = try authority()
      let request = try HTTPRequest.to(server.endpoint.port, "POST", scheme: "https").with {
        $0.authoritiesPEM = authority
        $0.body = .octets(Array("secret".utf8))
      }
      let error = await client.error(of: request)
      guard case .untrusted = error else { throw Unexpected(error) }
    }

    @Test func `a server without TLS is not reached by https`() async throws {
      let server = try ScriptedPeer("S: 220 mail.example ESMTP")
      let error = await client.error(of: try .to(server.endpoint.port, scheme: "https"))
      guard case .unreachable = error else { throw Unexpected(error) }
    }

    @Test func `what is no certificate is trusted by nobody`() async throws {
      let server = try ScriptedPeer("(starts TLS)")
      let request = try HTTPRequest.to(server.endpoint.port, scheme: "https").with { $0.authoritiesPEM = "rubbish" }
      let error = await client.error(of: request)
      guard case .untrusted = error else { throw Unexpected(error) }
    }

    // MARK: Proxies

    @Test func `through a proxy goes a tunnel, and the proxy reads none of the request`() async throws {
      let proxy = try ScriptedPeer(
        "\(tunnel)\nS: HTTP/1.1 200 Connection established\nS: X-Proxy: yes\nS:\n(starts TLS)\n\(exchange)",
        certificate: .wrongName)
      let client = HTTPClient("http://127.0.0.1:\(proxy.endpoint.port)")
      let authority = try authority()
      let answer = try await client.send(try request().with { $0.authoritiesPEM = authority })
      #expect(answer.body == Array("ok".utf8))
      #expect(answer["X-Proxy"] == nil)
      client.close()
      _ = try await proxy.finish()
    }

    @Test func `a proxy that closes the connection in place of a tunnel was sent no request`() async throws {
      let proxy = try ScriptedPeer("\(tunnel)\n(closes)")
      let client = HTTPClient("http://127.0.0.1:\(proxy.endpoint.port)")
      let error = await client.error(of: try request())
      guard case .unreachable = error else { throw Unexpected(error) }
    }

    @Test(arguments: [403, 407, 502])
    func `a proxy that refuses the tunnel was sent no request, and its status is known`(status: Int) async throws {
      let proxy = try ScriptedPeer(
        "\(tunnel)\nS: HTTP/1.1 \(status) No\nS: Proxy-Authenticate: Basic realm=x\nS: Content-Length: 0\nS:")
      let client = HTTPClient("http://127.0.0.1:\(proxy.endpoint.port)")
      #expect(await client.error(of: try request()) == .proxyRefused(status: status))
    }

    @Test func `a proxy that says nothing in time was sent no request`() async throws {
      let proxy = try RawServer { $0.hearEnd() }
      let client = HTTPClient("http://127.0.0.1:\(proxy.port)")
      let error = await client.error(of: try request().with { $0.timeLimit = .milliseconds(300) })
      #expect(error == .timedOut(after: .milliseconds(300), mayHaveArrived: false))
    }

    @Test func `a proxy that is not there is not reached`() async throws {
      let error = await HTTPClient("http://127.0.0.1:\(Ports.unused())").error(of: try request())
      guard case .unreachable = error else { throw Unexpected(error) }
    }

    @Test func `this machine is asked in clear without the configured proxy`() async throws {
      let server = try ScriptedPeer(exchange)
      let client = HTTPClient("http://127.0.0.1:\(Ports.unused())")
      #expect(try await client.send(.to(server.endpoint.port)).status == 200)
    }

    private func request() throws -> HTTPRequest {
      HTTPRequest("GET", try #require(URL(string: "https://mail.elsewhere.invalid/")), within: .seconds(20))
    }
  }
}
