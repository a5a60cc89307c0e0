// The two commands to paste when everything is set up: one sends a message as an app would, the other shows what became of
// it. Bash alone sends it, since that is on every host.

import Diagnosis
import Letterhead
import Mailboxes
import Platform
import SMTP
import Submission

struct FirstMessage {
  let text: String

  init(from choices: SetupChoices, to configuration: Configuration) {
    let place = HostPort(parsing: configuration.listeners.first?.address ?? choices.listener)
    let recipient = choices.notify.first ?? choices.address
    let config = configuration.namedFile.map { " --config \(shellWord($0))" } ?? ""
    let lines = [
      "HELO localhost", "MAIL FROM:<root>", "RCPT TO:<\(recipient)>", "DATA", "Subject: Hello from Letterhead", "",
      "It works.", ".", "QUIT",
    ]
    let script = lines.map { "\($0)\\r\\n" }.joined()
    text = """

      To send a first message as an app would, and to see what became of it:

        bash -c 'exec 3<>/dev/tcp/\(place?.host ?? "127.0.0.1")/\(place?.port ?? 25); printf "\(script)" >&3; cat <&3'
        letterhead status\(config)
      """
  }
}
