// `letterhead requests`, `approve` and `deny`: who asks to change a connection, and what an administrator says.

import ArgumentParser
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
    let ending = try await Administration.reach(try config.read()).ask(.requests) { reply in
      if case .request(let request) = reply { requests.append(request) }
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

struct Approve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Approve a request; whoever filed it may then make that change, once, within 7 days.",
    discussion: "Example: letterhead approve 3")

  @OptionGroup var config: ConfigurationOption
  @Argument(help: ArgumentHelp("The request, as `letterhead requests` numbers it.", valueName: "number"))
  var number: Int64

  func run() async throws {
    try await Administration.reach(try config.read()).ask(.approve(number)).printSentence()
  }
}

struct Deny: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Deny a request.", discussion: "Example: letterhead deny 3 --reason \"Use the shared mailbox\"")

  @OptionGroup var config: ConfigurationOption
  @Argument(help: ArgumentHelp("The request, as `letterhead requests` numbers it.", valueName: "number"))
  var number: Int64
  @Option(help: ArgumentHelp("Why, for whoever asked.", valueName: "text"))
  var reason: String

  func run() async throws {
    try await Administration.reach(try config.read()).ask(.deny(number, reason: reason)).printSentence()
  }
}
