// In what form a secret may come back, and in what form it is shown.

import Mailboxes
import Testing

@Suite struct `A secret that a server repeats` {
  private func shown(_ text: String, hiding secrets: HiddenSecrets = ["CANARY&pw ~1"]) -> String {
    secrets.hidden(in: text)
  }

  @Test(arguments: [
    "CANARY&pw ~1", "CANARY%26pw%20%7E1", "CANARY%26pw%20%7e1", "CANARY%26pw%20~1", "Q0FOQVJZJnB3IH4x",
    // Of NUL, a name of one letter or two, NUL and the password: the parts that no other octet decides.
    "NBTkFSWSZwdyB+M", "NBTkFSWSZwdyB-M", "DQU5BUlkmcHcgfj",
  ])
  func `is hidden escaped, and in base64 wherever it stands in it`(_ form: String) {
    #expect(shown("no: \(form) is wrong") == "no: [secret] is wrong")
    #expect(shown("x\(form)y") == "x[secret]y")
  }

  @Test(arguments: ["AG8AQ0FOQVJZJnB3IH4x", "AG9mAENBTkFSWSZwdyB+MQ==", "AG9mZgBDQU5BUlkmcHcgfjE="])
  func `is not to be read from what else was encoded with it`(_ sent: String) {
    #expect(shown(sent).contains("[secret]"))
    #expect(!shown(sent).contains("QU5BUlkm") && !shown(sent).contains("FOQVJZ") && !shown(sent).contains("BTkFSW"))
  }

  @Test(arguments: ["\u{301}", "\u{FE0F}", "\u{200D}", "\u{300}\u{301}"])
  func `is hidden whatever mark stands behind it`(
    _ mark: String
  ) {
    #expect(shown("CANARY&pw ~1\(mark) no") == "[secret]\(mark) no")
    #expect(shown("hour\(mark) no", hiding: ["hour"]) == "[secret]\(mark) no")
  }

  @Test func `is hidden once where two of them overlap, and is no letter of a word where it is short`() {
    #expect(shown("sesame-street", hiding: ["sesame-str", "street"]) == "[secret]")
    #expect(shown("secret secrets", hiding: ["secret"]) == "[secret] secrets")
    #expect(shown("exceeded", hiding: ["x", ""]) == "exceeded")
  }

  @Test func `is hidden however long it is, and is not looked for in less than itself`() {
    let token = String(repeating: "eyJ0eXAi/", count: 200)
    #expect(shown("a \(token) b", hiding: [token]) == "a [secret] b")
    #expect(shown("eyJ0eXAi/", hiding: [token]) == "eyJ0eXAi/")
  }
}
