// Keys, certificates and assertions, against the openssl command and the RFCs' own examples.

import Foundation
import Support
import Testing

@testable import Cryptography

@Suite struct SigningTests {
  private let files: TemporaryDirectory

  init() throws { files = try TemporaryDirectory() }

  /// Runs `openssl`, which knows nothing of our code.
  @discardableResult
  private func openssl(_ arguments: String...) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let said = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "openssl \(arguments.joined(separator: " "))")
    return Array(said)
  }

  private func pem(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: files.path(name)))) }

  private func key(_ octets: [UInt8]) throws(PEMError) -> RSAKey {
    try octets.span.withUnsafeBytes { octets throws(PEMError) in try RSAKey(pem: octets) }
  }

  // RFC 7515, appendix A.2: header, claims and signature of an RS256 example, key in JWK form there.
  @Test func `RS256 signs as RFC 7515 appendix A.2 does`() throws {
    let signing = try key(Array(RFC7515.privateKey.utf8))
    let signature = signing.signature(of: Array((RFC7515.header + "." + RFC7515.claims).utf8))
    #expect(Base64URL.encode(signature) == RFC7515.signature)
  }

  @Test(arguments: ["PKCS8", "PKCS1"])
  func `openssl verifies our signatures, whichever way the key is written`(form: String) throws {
    try openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", files.path("key"))
    if form == "PKCS1" { try openssl("rsa", "-traditional", "-in", files.path("key"), "-out", files.path("key")) }
    try openssl("pkey", "-in", files.path("key"), "-pubout", "-out", files.path("public"))
    let compact = try JWS.compact(header: ["kid": "1"], claims: ["sub": "a/b+c"], signedBy: key(pem("key")))
    let parts = compact.split(separator: ".").map(String.init)
    try files.write(parts[0] + "." + parts[1], to: "signed")
    try files.write(try #require(Base64URL.decode(parts[2])), to: "signature")
    let verdict = try openssl(
      "dgst", "-sha256", "-verify", files.path("public"), "-signature", files.path("signature"), files.path("signed"))
    #expect(String(decoding: verdict, as: UTF8.self) == "Verified OK\n")
    #expect(Base64URL.decode(parts[0]) == Array(#"{"alg":"RS256","kid":"1","typ":"JWT"}"#.utf8))
    #expect(Base64URL.decode(parts[1]) == Array(#"{"sub":"a/b+c"}"#.utf8))
  }

  @Test func `a key that cannot sign says why`() throws {
    try openssl("genrsa", "-aes256", "-passout", "pass:x", "-out", files.path("encrypted"), "2048")
    try openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", files.path("curve"))
    try openssl("genrsa", "-out", files.path("short"), "1024")
    for (name, fault) in [
      ("encrypted", PEMError.encrypted), ("curve", .notRSA), ("short", .tooShort(bits: 1024)),
    ] {
      #expect(throws: fault) { _ = try key(pem(name)) }
    }
    let damaged = Array(String(decoding: try pem("short"), as: UTF8.self).replacing("M", with: "!").utf8)
    for garbage in [[], Array("not a key".utf8), damaged, [UInt8](repeating: 0, count: 100_000)] {
      #expect(throws: PEMError.unreadable) { _ = try key(garbage) }
    }
  }

  @Test func `a certificate tells its thumbprint, its end, and whose key it is`() throws {
    for name in ["one", "two"] {
      try openssl(
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=letterhead", "-days", "30", "-keyout",
        files.path("\(name).key"), "-out", files.path("\(name).pem"))
    }
    let certificate = try Certificate(pem: pem("one.key") + pem("one.pem"))
    let der = try openssl("x509", "-in", files.path("one.pem"), "-outform", "DER")
    let (thumbprint, expires) = (certificate.thumbprint, certificate.expires)
    #expect(thumbprint == SHA256.digest(of: der))
    #expect(abs(expires.timeIntervalSinceNow - 30 * 86_400) < 60)
    let (isOwn, isOther) = (
      certificate.belongs(to: try key(pem("one.key"))), certificate.belongs(to: try key(pem("two.key")))
    )
    #expect(isOwn)
    #expect(!isOther)
    #expect(throws: PEMError.unreadable) { _ = try Certificate(pem: pem("one.key")) }
  }

  @Test(arguments: [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("\u{3}\u{FF}\u{3FE}", "A8O_z74")])
  func `base64url is without padding`(text: String, coded: String) {
    #expect(Base64URL.encode(text.utf8) == coded)
    #expect(Base64URL.decode(coded) == Array(text.utf8))
    #expect(Base64URL.decode(coded + "==") == Array(text.utf8))
    #expect(Base64URL.decode(coded + "!") == nil)
  }
}
