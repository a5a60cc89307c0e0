// Programs of this host that send mail: of any user, in any control group, through any kind of socket. Tests of these need
// root.

import Foundation
import Support

struct LocalClient {
  /// `127.0.0.1:2525`, `[::1]:2525`, `[::ffff:127.0.0.1]:2525`, or a path.
  let place: String
  var user = "root"
  var group: ControlGroupFolder?

  /// Says the lines of its standard input, and prints the replies: one a line, whatever they have of lines.
  private static let program = """
    import encodings.idna, os, pwd, socket, sys
    place, user, group, mode = sys.argv[1:5]
    if group: open(group + "/cgroup.procs", "w").write(str(os.getpid()))
    account = pwd.getpwnam(user)
    os.initgroups(user, account.pw_gid); os.setgid(account.pw_gid); os.setuid(account.pw_uid)
    if place.startswith("/"):
      peer = socket.socket(socket.AF_UNIX); peer.connect(place)
    else:
      host, port = place.rsplit(":", 1); peer = socket.create_connection((host.strip("[]"), int(port)))
    peer.settimeout(60); heard = peer.makefile("rb")
    def reply():
      words = []
      while not words or line[3:4] == "-":
        line = heard.readline().decode("latin-1").rstrip("\\r\\n")
        if not line: print("closed", flush=True); sys.exit()
        words.append(line[4:])
      print(line[:3], " ".join(words), flush=True)
      if line[:3] in ("221", "421") or mode == "careful" and line[0] in "45": sys.exit()
      return line[:3]
    inside = reply() == "354"
    for line in sys.stdin:
      line = line.rstrip("\\n")
      peer.sendall(line.encode("latin-1") + b"\\r\\n")
      if inside and line != ".": continue
      inside = reply() == "354"
    """

  private func arguments(_ mode: String) -> [String] { ["-c", Self.program, place, user, group?.path ?? "", mode] }

  /// A session that goes on until its test lets go of it. It has been greeted.
  func begin() async throws -> LiveCommand {
    let session = try await LiveCommand("python3", arguments("patient"))
    _ = try await session.line("the greeting") { $0.hasPrefix("220") }
    return session
  }

  /// - Returns: all replies, the greeting first; `closed` where the relay hung up.
  func say(_ lines: String...) async throws -> [String] { try await play(lines, "patient") }

  private func play(_ lines: [String], _ mode: String) async throws -> [String] {
    let input = lines.map { $0 + "\n" }.joined()
    return try await run("python3", arguments(mode), input: input).wentWell().output.split(separator: "\n").map(
      String.init)
  }

  /// Sends one message.
  ///
  /// - Parameters:
  ///   - words: said behind EHLO.
  ///   - header: beside From and To.
  /// - Returns: the reply to the message, or the first refusal.
  func send(
    _ words: [String] = [], from sender: String = "erp@localhost", to recipients: String...,
    header: [String] = ["Subject: Invoice"], body: [String] = ["Hello."]
  ) async throws -> String {
    let envelope = ["MAIL FROM:<\(sender)>"] + recipients.map { "RCPT TO:<\($0)>" }
    let message = ["From: ERP <\(sender)>", "To: <\(recipients.first ?? "")>"] + header + [""] + body
    return try await play(["EHLO app.test"] + words + envelope + ["DATA"] + message + ["."], "careful").last ?? ""
  }
}

extension Relay {
  /// A client of the relay's first listener.
  func client(_ user: String, in group: ControlGroupFolder? = nil) -> LocalClient {
    LocalClient(place: "127.0.0.1:\(port)", user: user, group: group)
  }

  /// What a command lists, or shows.
  func json<Answer>(_ words: String..., as type: Answer.Type = [[String: Any]].self) async throws -> Answer {
    let words = words + ["--json", "--config", configuration]
    let finished = try await run(Self.binary, words)
    guard let answer = try? JSONSerialization.jsonObject(with: Data(finished.output.utf8)) as? Answer else {
      throw Failure("\(finished)")
    }
    return answer
  }

  /// The files of the sandbox, in the order of arrival: the envelope, then the message.
  var sandboxed: [String] {
    let directory = directory.path("state/sandbox")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.filter { $0.hasSuffix(".eml") }.sorted().map {
      String(decoding: FileManager.default.contents(atPath: "\(directory)/\($0)") ?? Data(), as: UTF8.self)
    }
  }

  /// Waits until so many messages have come to the sandbox.
  func sandboxed(_ count: Int) async throws -> [String] {
    try await eventually("\(count) messages in the sandbox") { sandboxed.count >= count }
    return sandboxed
  }
}

/// A control group below the root of cgroup2, as its manager makes one for a unit or a container. It ends with the test that
/// made it.
final class ControlGroupFolder: Sendable {
  let path: String

  /// - Returns: `nil` where this host lets nobody make one.
  init?(_ name: String) {
    let roots = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"]
    guard let root = roots.first(where: { access("\($0)/cgroup.controllers", F_OK) == 0 }) else { return nil }
    path = "\(root)/\(name)"
    guard mkdir(path, 0o755) == 0 else { return nil }
  }

  /// Of the unit that systemd would call so, and of nobody else.
  static func unit() -> (name: String, folder: ControlGroupFolder?) {
    let name = "lh-test-\(UInt32.random(in: 0...UInt32.max)).service"
    return (name, ControlGroupFolder(name))
  }

  /// Of the container that Docker would call so.
  static func container() -> (id: String, folder: ControlGroupFolder?) {
    let id = (0..<8).map { _ in String(format: "%08x", UInt32.random(in: 0...UInt32.max)) }.joined()
    return (id, ControlGroupFolder("docker-\(id).scope"))
  }

  deinit { rmdir(path) }
}
