// Other processes, names that are taken, and commands for people.

import Foundation
import Testing

@testable import Platform

@Suite struct OtherProcessTests {
  @Test func `a process runs until it has ended, whether or not its parent has asked for it`() throws {
    #expect(OtherProcess.runs(getpid()) && OtherProcess.runs(1))
    #expect(!OtherProcess.runs(0x3FFF_FFFF) && !OtherProcess.runs(0) && !OtherProcess.runs(-1))
    var child = pid_t()
    var words: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
    defer { free(words[0]) }
    #expect(posix_spawnp(&child, "true", nil, nil, &words, nil) == 0)
    var ended = siginfo_t()
    // It has ended, and is not waited for yet.
    #expect(waitid(P_PID, id_t(child), &ended, WEXITED | WNOWAIT) == 0)
    #expect(kill(child, 0) == 0 && !OtherProcess.runs(child))
    waitpid(child, nil, 0)
  }

  @Test func `what is put aside gets a name that nothing has`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "names-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = "\(folder)/state"
    for expected in ["\(path).old", "\(path).old-2", "\(path).old-3"] {
      #expect(FreeName.of(path, ending: ".old") == expected)
      #expect(FreeName.of(path + "/", ending: ".old") == expected)
      // A link that leads nowhere is a name too.
      #expect(symlink("nowhere", expected) == 0)
    }
  }

  @Test func `commands are those of systemd only where it has the unit`() {
    let (unit, none) = (ServiceCommands(hasUnit: true), ServiceCommands(hasUnit: false))
    #expect([unit.start, none.start] == ["systemctl start letterhead", "letterhead serve"])
    #expect([unit.stop(7), unit.stop(nil)] == ["systemctl stop letterhead", "systemctl stop letterhead"])
    #expect([none.stop(7), none.stop(nil)] == ["kill 7", nil])
    #expect([unit.reload(7), none.reload(7)] == ["systemctl reload letterhead", "kill -HUP 7"])
    #expect([none.restart(7), none.restart(nil)] == ["kill 7; letterhead serve", "letterhead serve"])
  }

  @Test(
    arguments: [
      (["letterhead", "status"], nil, nil), (["letterhead", "status", "--config", "/a b"], "/c", "/a b"),
      (["letterhead", "--config=/a"], nil, "/a"), (["letterhead", "status"], "/c", "/c"),
      (["letterhead", "--config"], "", nil),
    ] as [([String], String?, String?)])
  func `the configuration is named by an option, or by the environment`(
    words: [String], variable: String?, expected: String?
  ) {
    #expect(NamedConfiguration.find(in: words, variable: variable) == expected)
  }
}
