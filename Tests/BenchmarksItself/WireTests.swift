// Load, sink and distance against each other, without a relay.

import Sockets
import Support
import Testing

@testable import letterhead_bench

struct WireTests {
  @Test(arguments: [true, false])
  func `every message of the load arrives once`(reconnects: Bool) throws {
    let sink = try Sink(Sink.Settings())
    defer { sink.stop() }
    sink.expect(9)
    var load = Load(port: sink.port, clients: 7, reconnects: reconnects)
    load.messages = 100
    load.run = 9
    let result = load.perform()
    let seen = sink.seen
    #expect((result.accepted, result.refused, result.broken) == (100, 0, 0))
    #expect((seen.messages, seen.duplicates, seen.short, seen.strays) == (100, 0, 0, 0))
    // A client may come back for a message that another one has begun by then.
    #expect((reconnects ? 100...106 : 7...7).contains(seen.connections))
  }

  @Test func `a load that is sent again is counted as arrived twice`() throws {
    let sink = try Sink(Sink.Settings())
    defer { sink.stop() }
    sink.expect(9)
    var load = Load(port: sink.port, clients: 2)
    load.messages = 10
    load.run = 9
    _ = load.perform()
    _ = load.perform()
    #expect((sink.seen.messages, sink.seen.duplicates) == (10, 10))
  }

  @Test func `a sink that was stopped refuses, and one that was started again counts on`() throws {
    let sink = try Sink(Sink.Settings())
    sink.expect(9)
    sink.stop()
    var load = Load(port: sink.port, clients: 1)
    load.messages = 5
    load.giveUpAfter = 0.2
    load.run = 9
    #expect(load.perform().accepted == 0)
    try sink.start()
    load.giveUpAfter = 10
    #expect(load.perform().accepted == 5)
    #expect(sink.count == 5)
    sink.stop()
  }

  @Test func `each round trip to a provider 20 ms away takes 40 ms, and messages side by side take no longer`() throws {
    let sink = try Sink(Sink.Settings())
    let proxy = try DelayProxy(to: sink.port, oneWay: 0.02)
    defer {
      proxy.stop()
      sink.stop()
    }
    for clients in [1, 20] {
      var load = Load(port: proxy.port, clients: clients)
      load.messages = clients
      let result = load.perform()
      #expect(result.accepted == clients)
      // MAIL, RCPT, DATA and the message: four round trips. One behind the other, twenty would take 3,200 ms.
      #expect(result.mailTo250.quantile(0) >= 160)
      #expect(result.mailTo250.quantile(1) < 1_000)
      // The greeting comes after two round trips, as behind a real handshake, and EHLO takes one.
      #expect(result.connectTo250.quantile(0) >= 280)
    }
  }

  @Test func `nobody sends without the password where the sink asks for one`() async throws {
    let good = TestCertificate.good
    let sink = try Sink(
      Sink.Settings(security: .starttls, certificate: good.chainFile, key: good.keyFile, password: "right"))
    defer { sink.stop() }
    try await ScriptedClient.play(
      """
      S: 220 *
      C: EHLO app.test
      S: 250-*
      S: 250-PIPELINING
      S: 250-8BITMIME
      S: 250-SMTPUTF8
      S: 250-CHUNKING
      S: 250-ENHANCEDSTATUSCODES
      S: 250-SIZE 104857600
      S: 250 STARTTLS
      C: STARTTLS
      S: 220 *
      C: (starts TLS)
      C: MAIL FROM:<a@b>
      S: 530 *
      C: AUTH PLAIN AGEAd3Jvbmc=
      S: 535 *
      C: AUTH PLAIN AGEAcmlnaHQ=
      S: 235 *
      C: AUTH LOGIN
      S: 334 *
      C: YQ==
      S: 334 *
      C: d3Jvbmc=
      S: 535 *
      C: AUTH XOAUTH2 dXNlcj1hAWF1dGg9QmVhcmVyIHJpZ2h0AQE=
      S: 235 *
      C: MAIL FROM:<a@b>
      S: 250 *
      """, to: Endpoint(host: "127.0.0.1", port: sink.port))
    #expect(sink.seen.handshakes == 1)
  }
}
