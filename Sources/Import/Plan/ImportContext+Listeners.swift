// Where apps speak to Letterhead after an import: a port that is taken, a listener that others reach, two that become one.

import Access
import Platform

extension ImportContext {
  private static let mostListeners = 100

  /// A listener at `host` and `port`, at another port while that one is taken. Other hosts are served only by `allow`.
  mutating func listen(_ listener: PlannedListener) {
    var listener = listener
    guard plan.listeners.count < Self.mostListeners else {
      return leftOut(listener.source, "More than \(Self.mostListeners) listeners; this one is not carried.")
    }
    guard (1...65_535).contains(listener.port) else {
      return leftOut(listener.source, "Port \(listener.port): there is no such port.")
    }
    if listener.host.contains("/") || listener.host.contains("%") || ClientNetwork(listener.host) == nil {
      changed(
        listener.source,
        "What stands there for port \(listener.port) is no numeric address, and Letterhead listens on those only: on this "
          + "host's own here. Write the one that is meant into address of the listener.")
      listener.host = "127.0.0.1"
    }
    let wanted = listener.address
    let onLoopback = ClientNetwork.loopback.contains(listener.host)
    if onLoopback { listener.allow = [] }
    if !onLoopback, listener.allow.isEmpty {
      let isIPv6 = listener.host.contains(":") && listener.host != "::"
      changed(
        listener.source,
        "Port \(listener.port) was open to other hosts, and nothing says which of them may send. Letterhead listens on "
          + "this host only; to serve others, give the listener their networks: allow = [\"192.0.2.0/24\"].")
      listener.host = isIPv6 ? "::1" : "127.0.0.1"
    }
    if join(listener) { return }
    replaceParts(by: &listener)
    guard let port = freePort(for: listener) else {
      leftOut(listener.source, "Port \(listener.port) is taken, and so are the 20 that were tried in its place.")
      return
    }
    if port != listener.port {
      let after = listener.address
      listener.wanted = listener.port
      listener.port = port
      plan.switchedPorts.append(SwitchedPort(wanted: after, meanwhile: listener.address))
      changed(
        listener.source, "\(after) is in use. Letterhead listens on \(listener.address) until you switch over.")
    } else if wanted == listener.address {
      carried(listener.source, "Apps speak SMTP to \(listener.address).")
    }
    plan.listeners.append(listener)
  }

  /// What comes in at a place that is there already, or at a part of it, comes in there.
  private mutating func join(_ listener: PlannedListener) -> Bool {
    guard let place = plan.listeners.firstIndex(where: { $0.covers(listener) }) else { return false }
    plan.listeners[place].absorb(listener)
    if plan.listeners[place].source != listener.source {
      carried(listener.source, "Apps speak SMTP to \(plan.listeners[place].address), as those of another line do.")
    }
    return true
  }

  /// Listeners that are a part of this one become it.
  private mutating func replaceParts(by listener: inout PlannedListener) {
    for part in plan.listeners where listener.covers(part) {
      listener.absorb(part)
      plan.switchedPorts.removeAll { $0.meanwhile == part.address }
    }
    plan.listeners.removeAll { [listener] in listener.covers($0) }
  }

  /// Apps need a place to speak to, also where the old configuration has none that can be taken over.
  mutating func listenSomewhere() {
    guard plan.isUseful, plan.listeners.isEmpty, !plan.system.isSendmail else { return }
    listen(PlannedListener(host: "127.0.0.1", port: 2525, source: nil))
  }

  private func freePort(for listener: PlannedListener) -> Int? {
    let first = listener.port < 1024 ? (listener.port == 25 ? 2525 : 2000 + listener.port) : listener.port + 1
    let candidates = [listener.port] + Array(first..<first + 20)
    return candidates.first { port in
      (1...65_535).contains(port) && isFree(listener.host, port)
        && !plan.listeners.contains { $0.port == port && ($0.reaches(listener.host) || listener.reaches($0.host)) }
    }
  }

  /// Networks that may send, this host left out.
  mutating func networks(_ texts: [String], _ source: SourceLine, of key: String) -> [Sourced<ClientNetwork>] {
    var networks: [Sourced<ClientNetwork>] = []
    for text in texts {
      let plain = text.replacing("[", with: "").replacing("]", with: "")
      if plain.lowercased().hasPrefix("::ffff:127.") { continue }
      if text.hasPrefix("!") {
        leftOut(source, "\(key): allow has no exceptions (!). Name smaller networks there.")
        continue
      }
      guard let network = ClientNetwork(plain) else {
        leftOut(
          source, "\(key): a part of it is no network. Add what is meant to allow of the listener as 192.0.2.0/24.")
        continue
      }
      if ClientNetwork.loopback.contains(network.address) { continue }
      if network.isEverybody {
        leftOut(source, "\(key): \(network) would let the whole Internet send. Name your own networks in allow.")
      } else {
        networks.append(Sourced(network, source))
      }
    }
    return networks
  }
}

extension PlannedListener {
  /// What connects to the other one's place connects to this one's.
  fileprivate func covers(_ other: PlannedListener) -> Bool {
    (wanted ?? port) == (other.wanted ?? other.port) && reaches(other.host) && isTLS == other.isTLS
      && certificate?.value == other.certificate?.value
  }

  fileprivate func reaches(_ other: String) -> Bool {
    host == other || host == (other.contains(":") ? "::" : "0.0.0.0")
  }

  /// Becomes the place of both.
  fileprivate mutating func absorb(_ other: PlannedListener) {
    let known = Set(allow.map(\.value))
    allow += other.allow.filter { !known.contains($0.value) }
    requiresSignIn = requiresSignIn ?? other.requiresSignIn
    if entityIndex != other.entityIndex { entityIndex = nil }
  }
}
