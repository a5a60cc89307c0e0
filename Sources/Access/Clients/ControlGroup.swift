// What the path of a control group tells of the program in it: its systemd unit or its container.

/// Where a program runs.
package enum ControlGroup: Sendable, Hashable {
  /// Of the system's manager: only root can put a program there.
  case unit(String)
  /// Below a user's own manager, who may name groups there as he likes: good for nothing but to show to people.
  case userUnit(String, uid: UInt32)
  /// The container's id, in hexadecimal digits. The users in it are not the host's.
  case container(String)

  /// For people: `erp.service`, `container 4f1c2ab09d7e`.
  package var name: String {
    switch self {
    case .unit(let name), .userUnit(let name, _): name
    case .container(let id): "container \(id.prefix(12))"
    }
  }
}

extension ControlGroup {
  /// - Parameter path: below the root of cgroup2, `/system.slice/erp.service`. Hostile: a user names the groups below his
  ///   own manager.
  /// - Returns: `nil` where it names neither, as the root does.
  package init?(path: String) {
    let parts = path.split(separator: "/")
    guard let last = parts.last else { return nil }
    let owner = parts.firstIndex(where: { Self.userManager($0) != nil })
    if let owner, let uid = Self.userManager(parts[owner]) {
      guard owner < parts.count - 1, Self.isPlain(last) else { return nil }
      self = .userUnit(String(last), uid: uid)
      return
    }
    // The innermost: a container that runs in a container is judged as itself.
    for (index, part) in parts.enumerated().reversed() {
      let parent = index > 0 ? parts[index - 1] : ""
      if let id = Self.container(part, in: parent) {
        self = .container(id)
        return
      }
    }
    // A unit may have groups of its own below it, so the innermost name that is a unit's counts.
    guard let unit = parts.last(where: { Self.isUnit($0) }) else { return nil }
    self = .unit(String(unit))
  }

  private static func userManager(_ part: Substring) -> UInt32? {
    guard part.hasPrefix("user@"), part.hasSuffix(".service") else { return nil }
    return UInt32(part.dropFirst(5).dropLast(8))
  }

  /// `docker-ID.scope`, `libpod-ID.scope`, `cri-containerd-ID.scope`, `crio-ID.scope`, `/docker/ID`, `/libpod/ID`.
  private static func container(_ part: Substring, in parent: Substring) -> String? {
    if isContainerID(part), ["docker", "libpod", "lxc"].contains(parent) || parent.hasPrefix("pod") {
      return String(part)
    }
    guard part.hasSuffix(".scope") else { return nil }
    let name = part.dropLast(6)
    for prefix in ["docker-", "libpod-", "cri-containerd-", "crio-"] where name.hasPrefix(prefix) {
      let id = name.dropFirst(prefix.count)
      if isContainerID(id) { return String(id) }
    }
    return nil
  }

  private static func isContainerID(_ text: Substring) -> Bool {
    text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  private static func isUnit(_ part: Substring) -> Bool {
    [".service", ".scope", ".socket", ".mount", ".swap"].contains { part.hasSuffix($0) } && isPlain(part)
  }

  /// Printable ASCII of a unit's name (systemd.unit(5)): what stands in log lines and headers.
  private static func isPlain(_ part: Substring) -> Bool {
    part.utf8.count <= 255
      && part.utf8.allSatisfy { octet in
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "_"),
          UInt8(ascii: "."), UInt8(ascii: "\\"), UInt8(ascii: "@"):
          true
        default: false
        }
      }
  }
}
