// What the path of a control group tells of the program in it: its systemd unit or its container.

import Glibc

/// Where a program runs.
package enum ControlGroup: Sendable, Hashable, Codable {
  /// Of the system's manager: only root can put a program there.
  case unit(String)
  /// Below a user's own manager, who may name groups there as he likes, or a log-in of a user: good for nothing but to show
  /// to people.
  case userUnit(String, uid: UInt32)
  /// The container's id, 64 hexadecimal digits, or its name. The users in it are not the host's.
  case container(String)

  /// For people: `erp.service`, `container 4f1c2ab09d7e`.
  package var name: String {
    switch self {
    case .unit(let name), .userUnit(let name, _): name
    case .container(let id): "container \(id.utf8.count == 64 ? id.prefix(12) : id[...])"
    }
  }
}

extension ControlGroup {
  package var isContainer: Bool { if case .container = self { true } else { false } }

  /// Where this process runs; `nil` where /proc does not say.
  package static let ofThisProcess: ControlGroup? = {
    guard let file = fopen("/proc/self/cgroup", "re") else { return nil }
    defer { fclose(file) }
    var octets = [UInt8](repeating: 0, count: 4096)
    let count = fread(&octets, 1, octets.count, file)
    let lines = String(decoding: octets[..<count], as: UTF8.self).split(separator: "\n")
    // The unified hierarchy has number 0 and no controllers (cgroups(7)).
    return lines.first { $0.hasPrefix("0::") }.flatMap { ControlGroup(path: String($0.dropFirst(3))) }
  }()

  /// Judged from the root on, since whoever runs in a group may name the groups below it as he likes.
  ///
  /// - Parameter path: below the root of cgroup2, `/system.slice/erp.service`. Hostile.
  /// - Returns: `nil` where it names neither a unit nor a container, as the root does.
  package init?(path: String) {
    let parts = path.split(separator: "/")
    for (index, part) in parts.enumerated() {
      if let uid = Self.userManager(part) {
        guard index < parts.count - 1, let last = parts.last, Self.isPlain(last) else { return nil }
        self = .userUnit(String(last), uid: uid)
        return
      }
      if index > 0, let uid = Self.userSlice(parts[index - 1]), part.hasPrefix("session-"), Self.isPlain(part) {
        self = .userUnit(String(part), uid: uid)
        return
      }
      if let container = Self.container(part, in: index > 0 ? parts[index - 1] : "") {
        self = .container(container)
        return
      }
    }
    // A manager of containers may be a unit itself and have them below it, hence their own loop before this.
    guard let unit = parts.first(where: { Self.isUnit($0) }) else { return nil }
    self = .unit(String(unit))
  }

  private static func userManager(_ part: Substring) -> UInt32? {
    guard part.hasPrefix("user@"), part.hasSuffix(".service") else { return nil }
    return UInt32(part.dropFirst(5).dropLast(8))
  }

  /// Of a user's log-ins: he may have as many of them as he likes, and their numbers are others' after the next boot.
  private static func userSlice(_ part: Substring) -> UInt32? {
    guard part.hasPrefix("user-"), part.hasSuffix(".slice") else { return nil }
    return UInt32(part.dropFirst(5).dropLast(6))
  }

  /// An id: `docker-ID.scope`, `libpod-ID.scope`, `cri-containerd-ID.scope`, `/docker/ID`, `/kubepods/burstable/podUID/ID`,
  /// `kubepods-podUID.slice:cri-containerd:ID`. A name: `/lxc/NAME`, `lxc.payload.NAME`, `systemd-nspawn@NAME.service`,
  /// `machine-NAME.scope`.
  private static func container(_ part: Substring, in parent: Substring) -> String? {
    let id = (part.hasSuffix(".scope") ? part.dropLast(6) : part).split { $0 == "-" || $0 == ":" }.last
    if let id, isContainerID(id) { return String(id) }
    for (beginning, end) in [("lxc.payload.", ""), ("systemd-nspawn@", ".service"), ("machine-", ".scope")]
    where part.hasPrefix(beginning) && part.hasSuffix(end) && isPlain(part) {
      let name = part.dropFirst(beginning.count).dropLast(end.count)
      if !name.isEmpty { return String(name) }
    }
    return parent == "lxc" && isPlain(part) ? String(part) : nil
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
