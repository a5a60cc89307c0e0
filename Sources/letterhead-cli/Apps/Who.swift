// `letterhead who`: which programs are connected to the listeners now.

import Access
import ArgumentParser
import Control
import Foundation
import Letterhead

struct Who: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show who is connected to the relay now, as the kernel and the sign-in tell.",
    discussion: """
      One line a session: app, user, unit or container, address, listener, seconds, messages accepted. An \
      administrator sees all sessions, everybody else their own.

      Example: letterhead who --json
      """)

  @OptionGroup var config: ConfigurationOption
  @OptionGroup var json: JSONOption

  func run() async throws {
    var sessions: [LiveSession] = []
    let ending = try await ControlClient.use(try config.readOrAskRelay()) { control in
      try await control.ask(.listSessions(ListSessions())) { reply in
        if case .session(let session) = reply { sessions.append(session) }
      }
    }
    if json.isOn { return try printJSON(sessions) }
    sessions.forEach { print(Self.line(of: $0)) }
    ending.printSentence()
  }

  private static func line(of session: LiveSession) -> String {
    let user = session.uid.map { uid in "uid \(uid)" + (session.user.map { " (\($0))" } ?? "") }
    let place = session.address.isEmpty ? "unix" : session.address
    let signs = (session.isSignedIn ? " signed-in" : "") + (session.isSecured ? " tls" : "")
    return "\(session.app ?? "-")  \(user ?? "-")  \(session.service ?? "-")  \(place) at \(session.listener)"
      + "  \(session.seconds) s  \(session.accepted) accepted\(signs)"
  }
}
