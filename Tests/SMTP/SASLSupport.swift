// Both sides of a mechanism by its name, with the primitives of these tests.

import SMTP

struct NoSuchMechanism: Error {}

func text(_ octets: [UInt8]) -> String { String(decoding: octets, as: UTF8.self) }

func client(
  _ mechanism: String, _ credential: SASLCredential, nonce: String = "x"
) throws -> any SASLClientExchange {
  guard let mechanism = SASLMechanism.named(mechanism) else { throw NoSuchMechanism() }
  return try mechanism.client(with: credential, .forTests(nonce))
}

func server(_ mechanism: String, nonce: String = "y") throws -> any SASLServerExchange {
  let offerable = (SASLMechanism.offerable + [.cramMD5]).first { $0.name == mechanism }
  guard let server = offerable?.server(.forTests(nonce)) else { throw NoSuchMechanism() }
  return server
}

extension ScramVerifier {
  /// Of the password `pencil`, with the salt of RFC 7677's example.
  static let pencil = ScramVerifier(
    password: HiddenOctets(Array("pencil".utf8)),
    salt: Base64.decode(Array("W22ZaJ0SNY7soEsUEjb6gQ==".utf8)) ?? [], iterations: 4_096, .forTests(""))
}

/// What is known of users: `user` has the password `pencil`, `later` cannot be looked up now, and there is nobody else.
@Sendable func knownUsers(_ question: SASLQuestion) -> SASLAnswer {
  switch question.username {
  case "user":
    if case .equivalents = question {
      .equivalents([HiddenOctets(Array("pencil".utf8))])
    } else {
      question.answer(from: .pencil, .forTests(""))
    }
  case "later": .unavailable
  default: .refused
  }
}
