// What a client says, as a value. RFC 5321 §4.1.1, 3030 (BDAT), 3207 (STARTTLS), 4954 (AUTH).

/// How a client introduced itself.
package struct Hello: Equatable, Sendable {
  /// As the client wrote it, with a question mark for each octet that is not printable ASCII. Empty when it gave none.
  package let name: String
  /// EHLO, not HELO.
  package let isExtended: Bool

  package init(name: String, isExtended: Bool) {
    self.name = name
    self.isExtended = isExtended
  }
}

/// What MAIL declares about the message to come.
package struct MailParameters: Equatable, Sendable {
  package enum BodyType: Equatable, Sendable {
    case sevenBit
    case eightBitMIME
  }

  /// An estimate (RFC 1870). It does not tell where the message ends.
  package var size: Int?
  package var body: BodyType?
  package var isSMTPUTF8: Bool

  package init(size: Int? = nil, body: BodyType? = nil, isSMTPUTF8: Bool = false) {
    self.size = size
    self.body = body
    self.isSMTPUTF8 = isSMTPUTF8
  }
}

package enum Command: Equatable, Sendable {
  case hello(Hello)
  /// `nil` is the null reverse-path `<>`. A sender need not be an address: see `Path.sender`.
  case mail(sender: Address?, MailParameters)
  case rcpt(Address)
  case data
  case bdat(octets: Int, last: Bool)
  case rset
  case noop
  case quit
  case vrfy
  case expn
  case help
  case startTLS
  /// The mechanism in capitals, empty when none is named; the initial response still in Base64.
  case auth(mechanism: String, initialResponse: HiddenOctets?)
  /// A line of an HTTP request: a browser connects here, perhaps because a hostile page told it to.
  case http
}

/// Why a line is no command. `Replies.refusal(of:)` has the words.
package enum CommandError: Error, Equatable, Sendable {
  case unknownVerb
  case nul
  case bareCR
  case badMailSyntax
  case badRcptSyntax
  case badSender
  case badRecipient
  /// A parameter that was not offered.
  case unknownParameter
  /// An offered parameter with a value that makes no sense, or twice.
  case badParameter
  case unexpectedArgument
  /// How many octets follow is unknown, so the session cannot go on.
  case badChunkSize
}
