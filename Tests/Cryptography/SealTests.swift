import Testing

@testable import Cryptography

@Suite struct SealTests {
  let key = randomOctets(32)

  @Test(arguments: [0, 1, 15, 16, 17, 100_000])
  func `what was sealed opens again`(count: Int) throws {
    let secret = randomOctets(count)
    let box = try AES256GCM.seal(secret, key: key, associatedData: [1, 2, 3])
    #expect(box.count == 12 + count + 16)
    #expect(try AES256GCM.open(box, key: key, associatedData: [1, 2, 3]) == secret)
  }

  @Test func `the same secret never looks the same`() throws {
    let boxes = try (0..<100).map { _ in try AES256GCM.seal([1, 2, 3], key: key) }
    #expect(Set(boxes).count == 100)
    #expect(Set(boxes.map { $0.prefix(12) }).count == 100)
  }

  @Test func `a box with any bit changed does not open`() throws {
    let box = try AES256GCM.seal(Array("password".utf8), key: key)
    for bit in 0..<(box.count * 8) {
      var changed = box
      changed[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: AES256GCM.Failure.notAuthentic) { try AES256GCM.open(changed, key: key) }
    }
  }

  @Test func `a box cut anywhere does not open`() throws {
    let box = try AES256GCM.seal(Array("password".utf8), key: key)
    for count in 0..<box.count {
      #expect(throws: AES256GCM.Failure.notAuthentic) { try AES256GCM.open(Array(box.prefix(count)), key: key) }
    }
  }

  @Test func `a box does not open with another key or for another purpose`() throws {
    let box = try AES256GCM.seal([1], key: key, associatedData: Array("acme".utf8))
    #expect(throws: AES256GCM.Failure.notAuthentic) {
      try AES256GCM.open(box, key: randomOctets(32), associatedData: Array("acme".utf8))
    }
    #expect(throws: AES256GCM.Failure.notAuthentic) {
      try AES256GCM.open(box, key: key, associatedData: Array("globex".utf8))
    }
    #expect(throws: AES256GCM.Failure.notAuthentic) { try AES256GCM.open(box, key: key) }
  }

  @Test(arguments: [0, 16, 31, 33])
  func `a key of another length is refused`(count: Int) {
    #expect(throws: AES256GCM.Failure.wrongKeyLength) { try AES256GCM.seal([1], key: randomOctets(count)) }
  }

  @Test func `random octets differ, and are as many as asked for`() {
    #expect(randomOctets(0) == [])
    #expect(Set((0..<1000).map { _ in randomOctets(16) }).count == 1000)
  }
}
