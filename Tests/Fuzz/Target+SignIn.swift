// A provider's challenges. The client must not be talked into believing a server that does not know the password.

import Cryptography
import SMTP

extension Target {
  /// Each line is a challenge. SCRAM never ends well with a server that cannot have known the password, and no answer
  /// holds the password or token but where the mechanism sends it.
  static let sasl = Target(name: "sasl") { octets in
    let replies = octets.split(separator: 0x0A).prefix(4).map { Reply(334, $0.text) }
    for exchange in try exchanges() {
      var authentication = Authentication(exchange)
      var answers = [authentication.command()]
      do throws(SASLError) {
        for reply in replies { answers.append(try authentication.answer(to: reply)) }
      } catch {}
      for answer in answers {
        try demand(
          answer.count { $0 == 0x0A } == 1 && answer.hasOnlyWholeLineEnds, "\(exchange.name): two lines in one")
      }
      guard exchange.name == "SCRAM-SHA-256" else { continue }
      try demand((try? authentication.finish()) == nil, "SCRAM believed \(octets.text)")
    }
  }

  private static func exchanges() throws -> [any SASLExchange] {
    let password = Array("pencil".utf8)
    let token = Array("ya29.a0".utf8)
    return [
      try SASL.Plain(username: "user", password: password), try SASL.Login(username: "user", password: password),
      try SASL.XOAuth2(username: "user", token: token),
      try SASL.OAuthBearer(username: "user", host: "smtp.example", port: 587, token: token),
      try SASL.ScramSHA256(username: "user", password: password, primitives: primitives),
    ]
  }

  /// The nonce of RFC 7677's example; a short key derivation, because its length is not what is tried here.
  private static let primitives = ScramPrimitives(
    sha256: { SHA256.digest(of: $0) }, hmac: { HMACSHA256.code(for: $1, key: $0) },
    pbkdf2: { password, salt, _ in SHA256.digest(of: password + salt) }, nonce: { Array("rOprNGfwEbeRWgbNEkqO".utf8) })
}
