// Made with Python's `cryptography`, as Email OAuth 2.0 Proxy makes them: PBKDF2 with SHA-256, then Fernet.

import Mailboxes
import Testing

@testable import Import

struct `A token that the proxy has encrypted` {
  private static let salt = "c2FsdHNhbHRzYWx0c2FsdA=="
  private static let token =
    "gAAAAABpKpuAAAECAwQFBgcICQoLDA0OD5VmCdTSjn65ITkGShKPudPsR_raJps4s5KYj_BQRoNv4nQfQVVDRV654bZ7pKUgl72JYwzI0Q8YavPissnLNJA="
  private static let legacyToken =
    "gAAAAABpKpuAAAECAwQFBgcICQoLDA0ODwMUsWMloEfFjJHl3ohHAvAWmPCBnPgwFXcckBsYUDeM8LkyR4SI_NA3KV0LiJ17DW32cbCvmfKnWdfTT4wwu4g="

  @Test(arguments: [(token, 1000), (legacyToken, 100_000)])
  func `opens with the password of the app`(token: String, iterations: Int) throws {
    let secret = try #require(EncryptedSecret(token: token, salt: Self.salt, iterations: iterations))
    #expect(try secret.open(password: Secret("old password")).reveal() == "1//0refresh-token")
  }

  @Test(arguments: ["", "old passwort", "old password "])
  func `does not open with another one`(password: String) throws {
    let secret = try #require(EncryptedSecret(token: Self.token, salt: Self.salt, iterations: 1000))
    #expect(throws: EncryptedSecret.Failure.wrongPassword) { try secret.open(password: Secret(password)) }
  }

  @Test(arguments: [0, -1, 10_000_001, Int.max])
  func `is not tried with a number of iterations that nobody has`(iterations: Int) {
    #expect(EncryptedSecret(token: Self.token, salt: Self.salt, iterations: iterations) == nil)
  }

  @Test func `is not tried without its salt`() {
    #expect(EncryptedSecret(token: Self.token, salt: "?", iterations: 1000) == nil)
  }
}
