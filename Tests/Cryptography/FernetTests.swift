import Testing

@testable import Cryptography

/// The first is the specification's own example, the others were made with Python's `cryptography`.
struct `A Fernet token` {
  private static let plainKey = Array(UInt8(0)..<32)
  private static let vectors: [(token: String, key: [UInt8], text: String)] = [
    (
      "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==",
      Base64URL.decode("cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=") ?? [], "hello"
    ),
    (
      "gAAAAABpKpuAAAECAwQFBgcICQoLDA0OD7eteCFsVWnW2hqrh_bbxWEiYGluAafg_66L2qZ2J1nxPm8h-yeexV2FbHZ3rz8tlg==", plainKey,
      ""
    ),
    (
      "gAAAAABpKpuAAAECAwQFBgcICQoLDA0ODwdMXh2dJmvmw5JlEH27resj9-aD1XxfvAoi-gYd_XevZ8kn6C9WWwuG757D3eGcGg==", plainKey,
      "x"
    ),
    (
      "gAAAAABpKpuAAAECAwQFBgcICQoLDA0OD8zTj7aYw76sT2BMihR6GOexJN0dCt8_pFiKdeB6QS9W7kI9rwhFUHhAQ3rfssBOxZLoCEBWnOqSh534dDH_C2A=",
      plainKey, "0123456789abcdef"
    ),
  ]

  @Test(arguments: vectors.indices)
  func `opens with its key`(index: Int) throws {
    let vector = Self.vectors[index]
    #expect(try Fernet.open(vector.token, key: vector.key) == Array(vector.text.utf8))
  }

  @Test func `does not open with any bit of it changed`() throws {
    let vector = Self.vectors[2]
    let octets = try #require(Base64URL.decode(vector.token))
    for bit in 0..<(octets.count * 8) {
      var changed = octets
      changed[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: Fernet.Failure.notAuthentic) { try Fernet.open(Base64URL.encode(changed), key: vector.key) }
    }
  }

  @Test func `does not open when it was cut`() throws {
    let vector = Self.vectors[2]
    for count in 0..<vector.token.count - 2 {
      #expect(throws: Fernet.Failure.notAuthentic) {
        try Fernet.open(String(vector.token.prefix(count)), key: vector.key)
      }
    }
  }

  @Test(arguments: [0, 16, 31, 33])
  func `does not open with a key of another length`(count: Int) {
    #expect(throws: Fernet.Failure.notAuthentic) {
      try Fernet.open(Self.vectors[0].token, key: [UInt8](repeating: 0, count: count))
    }
  }
}
