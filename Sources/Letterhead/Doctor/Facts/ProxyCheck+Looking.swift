// Which proxies are named, where. Only their hosts and ports are kept.

import Foundation

extension ProxyCheck {
  /// - Parameter relay: its process, while it runs.
  init(looking configured: String?, environment: [String: String], relay: Int32?) {
    self.configured = configured.map(Self.place)
    ofShell = Self.proxy(in: environment)
    ofRelay = relay.flatMap(Self.environment).map { .seen(Self.proxy(in: $0)) } ?? .unseen
  }

  static func proxy(in environment: [String: String]) -> String? {
    ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].lazy.compactMap { environment[$0] }
      .first { !$0.isEmpty }.map(place)
  }

  /// Host and port alone.
  private static func place(_ proxy: String) -> String {
    let url = URL(string: proxy.contains("://") ? proxy : "http://" + proxy)
    guard let host = url?.host(), !host.isEmpty else { return "(no address)" }
    return url?.port.map { "\(host):\($0)" } ?? host
  }

  private static func environment(of pid: Int32) -> [String: String]? {
    guard let data = KernelFile.octets("/proc/\(pid)/environ") else { return nil }
    let pairs = data.split(separator: 0).compactMap { entry -> (String, String)? in
      let parts = String(decoding: entry, as: UTF8.self).split(separator: "=", maxSplits: 1)
      return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }
    return Dictionary(pairs) { first, _ in first }
  }
}
