// The conversation with a mailbox's IMAP server, opposite a scripted one.

import Foundation
import Mailboxes
import Message
import SMTP
import Sockets
import Support
import Testing
import Transport
import TransportSMTP
import TransportSupport

@testable import IMAP

/// Opens the folder opposite `script` and runs `body` with it.
private func folder<Result: Sendable>(
  _ mailbox: Mailbox = .byPassword, named name: String = "", cut: Pieces = .whole, script: String,
  _ body: @escaping @Sendable (any SentFolder) async throws -> Result
) async throws -> Result {
  let peer = try ScriptedPeer(script, cut: cut)
  let loop = EventLoop(name: "test")
  loop.start()
  defer { loop.stop() }
  let place = SentFolderPlace(
    server: Server(host: "127.0.0.1", port: peer.endpoint.port, security: .none), folder: name)
  let network = Network(hostname: "relay.example", resolver: Resolver(), dialer: Dialer())
  let transport = SMTPTransport(mailbox, through: network, timeouts: .test, on: loop, sentFolder: { place })
  let result: Swift.Result<Result, any Error> = await loop.run {
    do {
      let folder = try #require(try await transport.openSentFolder())
      let result = try await body(folder)
      await folder.close()
      return .success(result)
    } catch { return .failure(error) }
  }
  _ = try await peer.finish()
  return try result.get()
}

private let greeting = "S: * OK ready\nC: A1 CAPABILITY\n"
private let signedIn = """
  \(greeting)S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
  S: A1 OK done
  C: A2 AUTHENTICATE PLAIN
  S: +
  C: AG9mZmljZQBzZXNhbWU=
  S: A2 OK welcome
  C: A3 CAPABILITY

  """
private let opened = """
  \(signedIn)S: * CAPABILITY IMAP4rev1 UIDPLUS
  S: A3 OK done
  C: A4 LIST "" "*"
  S: * LIST () "." INBOX
  S: * LIST () "." "INBOX.Sent"
  S: A4 OK done

  """

private func copy(_ text: String = "Subject: test\r\n\r\nHello.\r\n") -> PreparedMessage {
  PreparedMessage(
    envelope: Envelope(sender: nil, recipients: []), header: [], body: .octets(Array(text.utf8)[...]))
}

@Suite struct `A folder of sent messages over IMAP` {
  @Test(arguments: [Pieces.whole, .octetByOctet]) func `takes a copy, read and dated`(cut: Pieces) async throws {
    let filed = try await folder(
      cut: cut,
      script: opened + """
        C: A5 APPEND "INBOX.Sent" (\\Seen) "22-Nov-2026 08:00:00 +0000" {25}
        S: + go on
        C: Subject: test
        C:
        C: Hello.
        C:
        S: A5 OK [APPENDUID 38505 3955] done
        C: A6 LOGOUT
        S: * BYE
        S: A6 OK done
        """
    ) { try await $0.file(copy(), sentAt: noon) }
    #expect(filed == FiledCopy(folder: "INBOX.Sent", name: "38505/3955"))
  }

  @Test func `takes a copy at once with LITERAL+, and is asked for marks where the server has them`() async throws {
    let filed = try await folder(
      script: signedIn + """
        S: * CAPABILITY IMAP4rev1 LITERAL+ SPECIAL-USE LIST-EXTENDED
        S: A3 OK done
        C: A4 LIST "" "*" RETURN (SPECIAL-USE)
        S: * LIST (\\Sent) "/" "Gesendete &AMQ-"
        S: A4 OK done
        C: A5 APPEND "Gesendete &AMQ-" (\\Seen) "22-Nov-2026 08:00:00 +0000" {25+}
        C: Subject: test
        C:
        C: Hello.
        C:
        S: A5 OK done
        C: A6 LOGOUT
        S: A6 OK done
        """
    ) { try await $0.file(copy(), sentAt: noon) }
    #expect(filed == FiledCopy(folder: "Gesendete Ä", name: nil))
  }

  @Test func `is made where there is none`() async throws {
    let filed = try await folder(
      script: signedIn + """
        S: * CAPABILITY IMAP4rev1
        S: A3 OK done
        C: A4 LIST "" "*"
        S: * LIST () "." INBOX
        S: A4 OK done
        C: A5 CREATE "Sent"
        S: A5 NO below INBOX only
        C: A6 CREATE "INBOX.Sent"
        S: A6 OK done
        C: A7 SUBSCRIBE "INBOX.Sent"
        S: A7 OK done
        C: A8 APPEND "INBOX.Sent" (\\Seen) "22-Nov-2026 08:00:00 +0000" {25}
        S: + go on
        C: Subject: test
        C:
        C: Hello.
        C:
        S: A8 OK done
        C: A9 LOGOUT
        S: A9 OK done
        """
    ) { try await $0.file(copy(), sentAt: noon) }
    #expect(filed.folder == "INBOX.Sent")
  }

  /// What the server says to APPEND, and what that means.
  @Test(arguments: [
    ("NO [OVERQUOTA] Quota exceeded", SentFolderError.full(words: "NO [OVERQUOTA] Quota exceeded")),
    ("NO Mailbox is full", .full(words: "NO Mailbox is full")),
    ("NO [TRYCREATE] gone", .noFolder), ("NO [NOPERM] read only", .notPermitted(words: "NO [NOPERM] read only")),
    ("NO [LIMIT] slow down", .unreachable(words: "NO [LIMIT] slow down")),
    ("NO sesame is not welcome", .refused(words: "NO [secret] is not welcome")),
    ("NO (AG9mZmljZQBzZXNhbWU=)", .refused(words: "NO ([secret])")),
    ("NO [SESSION sesame\u{301}] c2VzYW1l", .refused(words: "NO [SESSION [secret]\u{301}] [secret]")),
    ("BAD what?", .refused(words: "BAD what?")),
  ])
  func `says why it takes no copy`(answer: String, error: SentFolderError) async throws {
    await #expect(throws: error) {
      try await folder(
        script: opened + """
          C: A5 APPEND "INBOX.Sent" (\\Seen) "22-Nov-2026 08:00:00 +0000" {25}
          S: A5 \(answer)
          """
      ) { try await $0.file(copy(), sentAt: noon) }
    }
  }

  @Test func `is not asked to take what is larger than it says`() async throws {
    await #expect(throws: SentFolderError.refused(words: "the copy has 25 octets, and the server takes 10")) {
      try await folder(
        script: signedIn + """
          S: * CAPABILITY IMAP4rev1 APPENDLIMIT=10
          S: A3 OK done
          C: A4 LIST "" "*"
          S: * LIST () "." "Sent"
          S: A4 OK done
          """
      ) { try await $0.file(copy(), sentAt: noon) }
    }
  }

  @Test func `tells its newest messages, and no more than it was asked for`() async throws {
    let found = try await folder(
      script: opened + """
        C: A5 EXAMINE "INBOX.Sent"
        S: * 200000 EXISTS
        S: A5 OK [READ-ONLY] done
        C: A6 FETCH 199999:200000 (INTERNALDATE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID X-MICROSOFT-ORIGINAL-MESSAGE-ID X-GOOGLE-ORIGINAL-MESSAGE-ID)])
        S: * 5 FETCH (INTERNALDATE "22-Nov-2026 08:01:00 +0000" BODY[HEADER.FIELDS (MESSAGE-ID)] "Message-ID: <never@asked>")
        S: * 199999 FETCH (INTERNALDATE "22-Nov-2026 07:00:00 +0000" BODY[HEADER.FIELDS (MESSAGE-ID)] "Message-ID: <old@x>")
        S: * 200000 FETCH (INTERNALDATE "22-Nov-2026 08:00:30 +0000" BODY[HEADER.FIELDS (MESSAGE-ID)] "Message-ID: <new@x>")
        S: A6 OK done
        C: A7 EXAMINE "INBOX.Sent"
        S: * 0 EXISTS
        S: A7 OK done
        C: A8 LOGOUT
        S: A8 OK done
        """
    ) { folder in
      let found = try await folder.newest(2, since: noon)
      #expect(try await folder.newest(2, since: noon).isEmpty)
      return found
    }
    #expect(found == [SentHeader(messageIDs: ["new@x"], filedAt: noon.addingTimeInterval(30))])
  }

  /// What the server offers, what is said to the sign-in, and what that means.
  @Test(arguments: [
    ("A2 NO [AUTHENTICATIONFAILED] no", SentFolderError.notPermitted(words: "NO [AUTHENTICATIONFAILED] no")),
    ("A2 NO [UNAVAILABLE] later", .unreachable(words: "NO [UNAVAILABLE] later")),
    (
      "A2 NO [ALERT] Too many simultaneous connections.",
      .unreachable(words: "NO [ALERT] Too many simultaneous connections.")
    ),
    ("* BYE gone", .unreachable(words: "BYE gone")),
  ])
  func `that may not be seen says so`(answer: String, error: SentFolderError) async throws {
    await #expect(throws: error) {
      try await folder(
        script: greeting + """
          S: * CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN
          S: A1 OK done
          C: A2 AUTHENTICATE PLAIN
          S: +
          C: AG9mZmljZQBzZXNhbWU=
          S: \(answer)
          """
      ) { _ in }
    }
  }

  @Test func `is signed in to by LOGIN where nothing else is offered`() async throws {
    await #expect(throws: SentFolderError.notPermitted(words: "NO no")) {
      try await folder(
        script: greeting + """
          S: * CAPABILITY IMAP4rev1
          S: A1 OK done
          C: A2 LOGIN "office" "sesame"
          S: A2 NO no
          """
      ) { _ in }
    }
  }

  @Test func `is not signed in to in a way that the server forbids`() async throws {
    await #expect(throws: SentFolderError.notPermitted(words: "the server offers none of SCRAM-SHA-256, PLAIN")) {
      try await folder(
        script: greeting + "S: * CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2\nS: A1 OK done\n"
      ) { _ in }
    }
  }

  @Test(arguments: [
    ("S: HTTP/1.1 400 Bad Request\n", "it answered with something that is not IMAP"),
    ("S: * BYE busy\n", "BYE busy"), ("(closes)\n", "it has closed the connection"),
    (greeting + "S: A7 OK done\n", "it answered to something that was not asked"),
  ])
  func `that cannot be reached says so`(script: String, words: String) async throws {
    await #expect(throws: SentFolderError.unreachable(words: words)) { try await folder(script: script) { _ in } }
  }
}
