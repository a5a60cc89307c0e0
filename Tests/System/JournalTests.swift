// A real systemd-journald reads what the relay writes, over both of its sockets, and journalctl finds it.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `The journal` {
    /// A journald of its own in a mount namespace, and in it a relay that is told to read a configuration with a mistake.
    /// Prints what journalctl says to each of `questions`.
    private static let script = """
      set -e
      relay=$1 configuration=$2 file=$3
      shift 3
      mount -t tmpfs none /run
      mount -t tmpfs none /var/log
      mkdir -p /run/systemd/journal
      /lib/systemd/systemd-journald >/dev/null 2>&1 &
      journald=$!
      until test -S /run/systemd/journal/socket -a -S /run/systemd/journal/stdout; do sleep 0.05; done
      systemd-cat -t letterhead sh -c \\
        'JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2) exec "$0" "$@"' "$relay" serve --config "$configuration" &
      serving=$!
      until grep -q '"pid"' "$file" 2>/dev/null; do sleep 0.05; done
      sed -i 's/^default = true/defalt = true/' "$configuration"
      kill -HUP "$serving"
      until grep -q '"reload"' "$file"; do sleep 0.05; done
      kill "$serving"
      wait "$serving"
      journalctl --sync
      for question; do
        echo "== $question"
        journalctl --no-pager -o cat $question
      done
      kill $journald
      """

    private func answers(_ format: String, _ questions: String...) async throws -> [String] {
      let relay = try Relay(
        entities: "[entity.acme]\ndefault = true", more: "log_format = \"\(format)\"")
      let arguments = ["-m", "sh", "-c", Self.script, "sh", Relay.binary, relay.configuration, relay.statusFile]
      let said = try await run("unshare", arguments + questions).wentWell().output
      return said.components(separatedBy: "== ").dropFirst().map { answer in
        answer.split(separator: "\n", omittingEmptySubsequences: true).dropFirst().joined(separator: "\n")
      }
    }

    @Test(arguments: ["auto", "json", "journal"])
    func `shows the errors, and nothing else, to who asks for errors`(format: String) async throws {
      let answers = try await answers(format, "-p err", "-t letterhead")
      #expect(answers[0].split(separator: "\n").count == 1 && answers[0].contains("reload_failed"), "\(answers)")
      let all = answers[1].split(separator: "\n")
      #expect(all.count == 5 && all.contains { $0.contains("started") }, "\(answers)")
      #expect(!answers[1].contains("<3>") && !answers[1].contains("<6>"), "\(answers)")
      #expect(format == "json" || !answers[1].contains("time="), "the journal has the time")
    }

    @Test func `finds events by their fields`() async throws {
      let answers = try await answers("journal", "LETTERHEAD_EVENT=started", "LETTERHEAD_EVENT=stopped")
      #expect(answers.count == 2 && answers[0].hasPrefix("event=started version="), "\(answers)")
      #expect(answers.last == "event=stopped", "\(answers)")
    }
  }
}
