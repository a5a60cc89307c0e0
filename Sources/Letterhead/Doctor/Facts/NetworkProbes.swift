// Asks the mailboxes' servers and sign-in services, side by side and for a short time. Nobody signs in.

import Diagnosis
import Foundation
import HTTP
import Mailboxes
import Sockets
import Transport
import TransportSMTP

struct NetworkProbes: Sendable {
  /// For everything that one mailbox is asked.
  static let limit = Duration.seconds(25)
  private static let timeouts: Timeouts = {
    var timeouts = Timeouts.test
    (timeouts.lookUp, timeouts.connect, timeouts.tls) = (.seconds(5), .seconds(5), .seconds(5))
    (timeouts.greeting, timeouts.command) = (.seconds(10), .seconds(5))
    return timeouts
  }()

  let configuration: Configuration

  /// - Returns: one check for each mailbox, in their order.
  func upstreams(of mailboxes: [Mailbox]) async -> [UpstreamCheck] {
    let loop = EventLoop(name: "doctor")
    loop.start()
    defer { loop.stop() }
    let http = HTTPClient(proxy: configuration.network.proxy)
    defer { http.close() }
    let transports = TransportFactory(configuration, over: http, loop: loop)
    let checks = await withTaskGroup(of: UpstreamCheck.self) { group in
      for mailbox in mailboxes where mailbox.provider != .sandbox {
        group.addTask { await Self.check(mailbox, transports, loop) }
      }
      return await group.reduce(into: [:]) { $0[$1.entity] = $1 }
    }
    return mailboxes.compactMap { checks[$0.entity] }
  }

  private static func check(
    _ mailbox: Mailbox, _ transports: TransportFactory, _ loop: EventLoop
  ) async -> UpstreamCheck {
    await withTaskGroup(of: UpstreamCheck?.self) { group in
      group.addTask { await loop.run { await reach(mailbox, transports) } }
      group.addTask {
        try? await Task.sleep(for: limit)
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first ?? UpstreamCheck(entity: mailbox.entity, server: mailbox.server, steps: [], ending: .noAnswer)
    }
  }

  private static func reach(_ mailbox: Mailbox, _ transports: TransportFactory) async -> UpstreamCheck? {
    let way = transports.transport(for: mailbox, timeouts: timeouts, tokens: nil)
    guard let way = way as? any ReachableTransport else { return nil }
    var reports: [StepReport] = []
    func check(_ ending: UpstreamCheck.Ending) -> UpstreamCheck {
      var check = UpstreamCheck(
        entity: mailbox.entity, server: mailbox.server, steps: reports.map(\.step.title), ending: ending)
      check.note(reports)
      return check
    }
    do throws(TransportError) {
      try await way.reach { reports.append($0) }
      return check(.answers)
    } catch {
      // Firewalls block ports one by one.
      if reports.count < 2 {
        for other in way.alternatives where await other.answers() {
          return check(.onlyOn(port: other.mailbox.server.port))
        }
      }
      let outcome = Outcome(of: error, for: mailbox, now: Date())
      return check(.failed(summary: outcome.summary, remedy: outcome.remedy))
    }
  }

  // MARK: The clock

  /// Compares the clock with that of the first sign-in service in use.
  func clock(of mailboxes: [Mailbox]) async -> ClockCheck {
    let used = mailboxes.lazy.compactMap { mailbox in mailbox.tokenURL.map { ($0, mailbox.authoritiesPEM) } }.first
    guard let (url, authorities) = used, let host = url.host() else { return ClockCheck(comparison: .notNeeded) }
    let http = HTTPClient(proxy: configuration.network.proxy)
    defer { http.close() }
    var request = HTTPRequest("HEAD", url, within: .seconds(8))
    request.authoritiesPEM = authorities
    do {
      let text = try await http.send(request)["Date"] ?? ""
      let now = Date()
      guard let theirs = HTTPDate.parse(text) else { return ClockCheck(comparison: .noAnswer(host: host)) }
      return ClockCheck(comparison: .offset(Int(now.timeIntervalSince(theirs).rounded()), host: host))
    } catch {
      return ClockCheck(comparison: .noAnswer(host: host))
    }
  }
}

extension UpstreamCheck {
  /// Of what was found on the way, what is a number or a version.
  fileprivate mutating func note(_ reports: [StepReport]) {
    for case .passed(let found) in reports.filter({ $0.step == .name }).map(\.result) {
      addresses = found.split { ", ".contains($0) }.map(String.init).filter { isNumericHost($0) }
    }
    for case .passed(let found) in reports.filter({ $0.step == .tls }).map(\.result) {
      tlsVersion = found.firstMatch(of: #/TLSv1\.[0-9]/#).map { String($0.output) }
    }
  }
}

private func isNumericHost(_ text: String) -> Bool {
  var address = in6_addr()
  return inet_pton(AF_INET, text, &address) == 1 || inet_pton(AF_INET6, text, &address) == 1
}

extension Mailbox {
  fileprivate var tokenURL: URL? {
    if case .oauth(let grant) = signIn { grant.tokenURL } else { nil }
  }
}
