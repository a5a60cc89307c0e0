// The relay as a service manager sees it: what it is told, and a host on which nothing is configured yet.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `A relay under a service manager` {
    /// What it hears until `wanted`, which is the last.
    private func heard(by socket: NotifySocket, until wanted: String) async throws -> [String] {
      var notices: [String] = []
      while notices.last?.hasPrefix(wanted) != true {
        if notices.count == 20 { throw Failure("\(wanted) does not come, but: \(notices)") }
        notices.append(try await socket.next())
      }
      return notices
    }

    @Test func `is ready when it takes mail, is alive, and tells a reload and its end`() async throws {
      let socket = try NotifySocket()
      let relay = try Relay()
      // In three seconds it says three times that it is alive.
      try await relay.start(under: ["env", "NOTIFY_SOCKET=\(socket.place)", "WATCHDOG_USEC=3000000"])
      let begun = try await heard(by: socket, until: "READY=1")
      #expect(begun == ["STATUS=Opening the queue.", "READY=1"])
      #expect(try await heard(by: socket, until: "STATUS=Takes mail; 0 of 1 mailbox").count <= 2)
      _ = try await heard(by: socket, until: "WATCHDOG=1")
      _ = try await heard(by: socket, until: "WATCHDOG=1")
      Foundation.kill(relay.pid, SIGHUP)
      let reloading = try #require(try await heard(by: socket, until: "RELOADING=1").last)
      #expect(reloading.wholeMatch(of: #/RELOADING=1\nMONOTONIC_USEC=[0-9]+/#) != nil, "\(reloading)")
      _ = try await heard(by: socket, until: "READY=1")
      #expect(try await relay.end() == 0)
      _ = try await heard(by: socket, until: "STOPPING=1\nSTATUS=Stopping")
    }

    @Test func `has nothing to do where nothing is configured, and has not failed`() async throws {
      let (socket, directory) = (try NotifySocket(), try TemporaryDirectory())
      let file = try directory.write("# nothing yet\n", to: "letterhead.toml")
      let words = ["NOTIFY_SOCKET=\(socket.place)", Relay.binary, "serve", "--config", file]
      let finished = try await run("env", words)
      #expect(finished.status == 78 && finished.output.isEmpty, "\(finished)")
      #expect(finished.errors.contains("letterhead setup"), "\(finished)")
      #expect(try await socket.next().hasPrefix("READY=1\nSTATUS=Nothing to do yet: \(file)"))
    }

    @Test func `says what it is made of`() async throws {
      let finished = try await run(Relay.binary, ["--version", "--json"]).wentWell()
      let report = try JSONSerialization.jsonObject(with: Data(finished.output.utf8)) as? [String: Any]
      #expect(report?["letterhead"] as? String == (try await run(Relay.binary, ["--version"])).output.trimmed)
      for library in ["openssl", "sqlite", "libcurl"] {
        let versions = report?[library] as? [String: String] ?? [:]
        #expect(versions["built"]?.contains(".") == true && versions["running"]?.contains(".") == true, "\(finished)")
      }
    }
  }
}

extension String {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
