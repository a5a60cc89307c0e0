// SHA-256 written down from FIPS 180-4 for the tests of SCRAM, which must not lean on the module that is used for it.

import SMTP

extension ScramPrimitives {
  /// PBKDF2 is known for the password `pencil` with the salt and the count of RFC 7677's example, and no other.
  static func forTests(_ nonce: String) -> ScramPrimitives {
    ScramPrimitives(
      sha256: { SHA256ForTests.digest($0) }, hmac: { SHA256ForTests.hmac($0, $1) },
      pbkdf2: { password, salt, iterations in
        let isKnown = password == Array("pencil".utf8) && Base64.encode(salt) == knownSalt && iterations == 4_096
        return isKnown ? Base64.decode(salted) ?? [] : SHA256ForTests.digest(password)
      },
      hmacMD5: { key, challenge in digests["\(text(key)) \(text(challenge))"] }, nonce: { Array(nonce.utf8) })
  }

  /// HMAC with MD5 is known for these keys and challenges, and forbidden for all others. The first is RFC 2195's, the
  /// others were computed by OpenSSL.
  private static let digests: [String: [UInt8]] = [
    "tanstaaftanstaaf <1896.697170952@postoffice.reston.mci.net>": octets("b913a602c7eda7a495b4e6e7334d3890"),
    "pencil <y@letterhead>": octets("af615211461cbc08fcc2844135cbfb0b"),
    "pen <y@letterhead>": octets("726515cec7483a07d758bd026ce94d00"),
    "pencil <%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0@letterhead>": octets("45e1f37ecc05e836e9231f7e1abdf9c4"),
  ]

  private static func octets(_ digits: String) -> [UInt8] {
    let values = digits.compactMap(\.hexDigitValue)
    return stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
  }

  private static let knownSalt = Array("W22ZaJ0SNY7soEsUEjb6gQ==".utf8)
  private static let salted = Array("xKSVEDI6tPlSysH6mUQZOeeOp01r6B3fcJbodRPcYV0=".utf8)
}

private enum SHA256ForTests {
  private static let constants: [UInt32] = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
    0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
    0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
    0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2,
  ]

  static func digest(_ octets: [UInt8]) -> [UInt8] {
    var state: [UInt32] = [
      0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    ]
    var padded = octets + [0x80]
    while padded.count % 64 != 56 { padded.append(0) }
    for shift in stride(from: 56, through: 0, by: -8) { padded.append(UInt8((octets.count * 8) >> shift & 0xFF)) }
    for block in stride(from: 0, to: padded.count, by: 64) { compress(padded[block..<block + 64], into: &state) }
    return state.flatMap { word in [24, 16, 8, 0].map { UInt8(word >> $0 & 0xFF) } }
  }

  private static func compress(_ block: ArraySlice<UInt8>, into state: inout [UInt32]) {
    var words: [UInt32] = []
    for index in stride(from: block.startIndex, to: block.endIndex, by: 4) {
      words.append(block[index..<index + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
    }
    for index in 16..<64 {
      let early = words[index - 15]
      let late = words[index - 2]
      let first: UInt32 = turn(early, 7) ^ turn(early, 18) ^ (early >> 3)
      let second: UInt32 = turn(late, 17) ^ turn(late, 19) ^ (late >> 10)
      words.append(words[index - 16] &+ first &+ words[index - 7] &+ second)
    }
    var s = state
    for index in 0..<64 {
      let choice: UInt32 = (s[4] & s[5]) ^ (~s[4] & s[6])
      let majority: UInt32 = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2])
      let low: UInt32 = turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)
      let high: UInt32 = turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)
      let first: UInt32 = s[7] &+ low &+ choice &+ constants[index] &+ words[index]
      s = [first &+ high &+ majority, s[0], s[1], s[2], s[3] &+ first, s[4], s[5], s[6]]
    }
    for index in 0..<8 { state[index] = state[index] &+ s[index] }
  }

  private static func turn(_ word: UInt32, _ bits: UInt32) -> UInt32 { word >> bits | word << (32 - bits) }

  static func hmac(_ key: [UInt8], _ octets: [UInt8]) -> [UInt8] {
    let short = key.count > 64 ? digest(key) : key
    let block = short + [UInt8](repeating: 0, count: 64 - short.count)
    return digest(block.map { $0 ^ 0x5C } + digest(block.map { $0 ^ 0x36 } + octets))
  }
}
