// The administrator's command gets its JSON, its time, and nothing else of ours.

import Foundation
import Sockets
import Support
import Platform
import Testing

@testable import Letterhead

@Suite(.timeLimit(.minutes(3))) struct AlertCommandTests {
  private let directory: TemporaryDirectory
  private let worker = Worker(name: "alerts")

  init() throws {
    directory = try TemporaryDirectory()
    signal(SIGPIPE, SIG_IGN)  // As the relay does.
  }

  private func failure(
    of line: String, input: String = "{}", now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) async -> AlertFailure? {
    let command = AlertCommand(line, limit: .seconds(600), now: now)
    do throws(AlertFailure) { try await command.run(Array(input.utf8), on: worker) } catch { return error }
    return nil
  }

  @Test func `a command reads one object on its standard input`() async throws {
    let file = directory.path("heard")
    #expect(await failure(of: "cat > '\(file)'", input: "{\"event\":\"raised\"}\n") == nil)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "{\"event\":\"raised\"}\n")
  }

  @Test func `a command that fails is known by its status and last words`() async {
    let found = await failure(of: "echo first >&2; echo 'no such host' >&2; exit 7")
    #expect(found == AlertFailure(reason: .exited(7), words: "first / no such host"))
  }

  @Test func `only the end of what a command complains is kept`() async {
    let found = await failure(of: "head -c 5000000 /dev/zero | tr '\\0' x >&2; echo end >&2; exit 1")
    #expect(found?.reason == .exited(1))
    #expect(found?.words.utf8.count == 499)
    #expect(found?.words.hasSuffix("xend") == true)
  }

  @Test func `a command that does not read its input ends well`() async {
    #expect(await failure(of: "exit 0", input: String(repeating: "x", count: 200_000)) == nil)
  }

  @Test func `a command that was killed says so`() async {
    #expect(await failure(of: "kill -9 $$") == AlertFailure(reason: .signaled(9)))
  }

  @Test(arguments: [
    "sleep 600", "trap '' TERM HUP INT; sleep 600; sleep 600", "exec 2>&-; sleep 600", "sleep 600 & wait",
  ])
  func `a command over its limit is killed with all it started`(line: String) async throws {
    let (file, said) = (directory.path("pid"), directory.path("said"))
    let start = ContinuousClock.now
    // The limit is over as soon as the command has spoken.
    let found = await failure(of: "echo $$ > '\(file)'; echo hm >&2; > '\(said)'; \(line)") {
      access(said, F_OK) == 0 ? start + .seconds(1000) : start
    }
    #expect(found == AlertFailure(reason: .tookTooLong, words: "hm"))
    let text = try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    let group = try #require(Int32(text))
    // The suite's time limit ends this if the command's process group lives on.
    while kill(-group, 0) == 0 { try await Task.sleep(for: .milliseconds(10)) }
  }

  @Test func `a child that goes on in the background holds nobody up`() async {
    #expect(await failure(of: "setsid sleep 200 & exit 0") == nil)
  }

  @Test func `a relay that stops takes its command with it`() async throws {
    let begun = directory.path("begun")
    let task = Task { await failure(of: "> '\(begun)'; sleep 600") }
    while access(begun, F_OK) != 0 { try await Task.sleep(for: .milliseconds(10)) }
    task.cancel()
    #expect(await task.value?.reason == .cancelled)
  }

  @Test func `a command is not told where the key lies`() async throws {
    let file = directory.path("environment")
    let command = AlertCommand(
      "/usr/bin/env > '\(file)'", environment: ["CREDENTIALS_DIRECTORY": "/run/credentials/x", "LANG": "C"])
    try await command.run([], on: worker)
    let environment = try String(contentsOfFile: file, encoding: .utf8)
    #expect(environment.contains("LANG=C"))
    #expect(!environment.contains("CREDENTIALS_DIRECTORY"))
  }
}
