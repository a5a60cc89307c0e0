// What the person's browser shows at the end of a sign-in. Nothing that came with the request is on it.

package enum EndPage: Sendable, CaseIterable {
  case success
  /// The provider, or the person, said no.
  case refused
  /// The sign-in succeeded, for another account than the one to connect.
  case wrongAccount
  /// The browser came back, and a later step failed; the terminal says why.
  case failed
  /// The right address, and the answer to another sign-in: from an old tab, say.
  case otherSignIn
  case nothingHere

  private var status: String {
    switch self {
    case .success, .refused, .wrongAccount, .failed: "200 OK"
    case .otherSignIn: "400 Bad Request"
    case .nothingHere: "404 Not Found"
    }
  }

  private var words: (title: String, text: String) {
    switch self {
    case .success: ("You are signed in", "Letterhead goes on in the terminal. You may close this page.")
    case .refused: ("The sign-in was refused", "Nothing was saved. The terminal says why, and what to do.")
    case .wrongAccount:
      (
        "This is another account",
        "Nothing was saved. The terminal says which account was expected. Sign out, try again."
      )
    case .failed: ("The sign-in did not work", "Nothing was saved. The terminal says why, and what to do.")
    case .otherSignIn:
      ("This belongs to another sign-in", "Open the address that the terminal shows now. You may close this page.")
    case .nothingHere: ("Nothing here", "Letterhead waits here for a sign-in.")
    }
  }

  var response: [UInt8] {
    let body = """
      <!DOCTYPE html>
      <html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
      <title>\(words.title) – Letterhead</title>
      <style>body{font:1.1em/1.5 system-ui,sans-serif;max-width:32em;margin:15vh auto;padding:0 1em}</style>
      <h1>\(words.title)</h1><p>\(words.text)</p></html>

      """
    let header = [
      "HTTP/1.1 \(status)", "Content-Type: text/html; charset=utf-8", "Content-Length: \(body.utf8.count)",
      "Connection: close", "Cache-Control: no-store", "Referrer-Policy: no-referrer",
      "X-Content-Type-Options: nosniff",
      "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    ]
    return Array((header.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
  }
}
