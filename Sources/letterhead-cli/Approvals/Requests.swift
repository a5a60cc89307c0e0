// `letterhead requests`: who asks to change a connection.

import ArgumentParser
import Control
import Foundation
import Letterhead
import Mailboxes

struct Requests: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the requests to connect or disconnect a mailbox.",
    discussion: """
      Administrators see all of them, everybody else their own. With approval = "required" in [admin], who is no \
      administrator files one by running connect or disconnect with --justification.

      Example: letterhead requests --json
      """)

  @OptionGroup var config: ConfigurationOption
  @OptionGroup var json: JSONOption

  func run() async throws {
    var requests: [Request] = []
    let ending = try await ControlClient.use(try config.readOrAskRelay()) { control in
      try await control.ask(.listRequests(ListRequests())) { reply in
        if case .request(let request) = reply { requests.append(request) }
      }
    }
    if json.isOn { return try printJSON(requests) }
    requests.forEach { print(Self.text(of: $0)) }
    ending.printSentence()
  }

  private static func text(of request: Request) -> String {
    var lines = [
      "\(request.number)  \(request.state)  \(request.filedAt.formatted(.iso8601))  \(request.requester.name)  "
        + request.change.sentence,
      "   \(request.justification)",
    ]
    if let by = request.decidedBy, let at = request.decidedAt {
      let reason = request.reason.map { ": \($0)" } ?? ""
      lines.append("   decided by \(by) at \(at.formatted(.iso8601))\(reason)")
    }
    return lines.joined(separator: "\n")
  }
}
