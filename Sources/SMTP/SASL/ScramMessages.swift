// The messages of SCRAM: attributes, `letter=value`, with commas between. RFC 5802 §5.1, §7.

extension Octets {
  /// The value, where this attribute is called `letter`.
  func attribute(_ letter: Unicode.Scalar) -> Octets? {
    guard count >= 2, first == UInt8(ascii: letter), self[startIndex + 1] == UInt8(ascii: "=") else { return nil }
    return dropFirst(2)
  }

  fileprivate var attributes: [Octets] { split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) }
  fileprivate var isNonce: Bool { !isEmpty && allSatisfy { $0 > 0x20 && $0 < 0x7F } }
}

/// What both signatures are computed over.
struct ScramSignedText {
  let octets: [UInt8]

  /// - Parameters:
  ///   - clientFirst: without its beginning, which says that there is no channel binding.
  ///   - clientFinal: without its proof.
  init(clientFirst: [UInt8], serverFirst: [UInt8], clientFinal: [UInt8]) {
    octets = clientFirst + [UInt8(ascii: ",")] + serverFirst + [UInt8(ascii: ",")] + clientFinal
  }
}

/// `n,,n=user,r=nonce`, with extensions behind it that may be ignored.
struct ScramClientFirst {
  /// `n,,`, or `y,,` from a client that could bind to the TLS channel and was not offered it.
  let header: [UInt8]
  let bare: [UInt8]
  let username: String
  let nonce: [UInt8]

  init(parsing response: [UInt8]) throws(SASLFailure) {
    let attributes = response[...].attributes
    // An "m=" before the name is an extension that must be understood, and none is.
    guard attributes.count >= 4, attributes[0].elementsEqual("n".utf8) || attributes[0].elementsEqual("y".utf8),
      let name = attributes[2].attribute("n").flatMap(SASLName.unescaped), let username = String(username: name),
      let nonce = attributes[3].attribute("r"), nonce.isNonce
    else { throw .malformed }
    guard attributes[1].isEmpty || attributes[1].attribute("a").flatMap(SASLName.unescaped) == name else {
      throw .otherIdentity
    }
    self.header = Array(response[..<attributes[2].startIndex])
    self.bare = Array(response[attributes[2].startIndex...])
    self.username = username
    self.nonce = Array(nonce)
  }
}

/// `c=biws,r=nonce,p=proof`, with extensions before the proof that may be ignored.
struct ScramClientFinal {
  let withoutProof: [UInt8]
  let proof: [UInt8]

  /// - Parameter nonce: the client's and the server's together.
  init(parsing response: [UInt8], after first: ScramClientFirst, nonce: [UInt8]) throws(SASLFailure) {
    let attributes = response[...].attributes
    guard attributes.count >= 3, attributes[0].attribute("c").flatMap(Base64.decode) == first.header,
      attributes[1].attribute("r")?.elementsEqual(nonce) == true,
      let proof = attributes.last?.attribute("p").flatMap(Base64.decode)
    else { throw .malformed }
    self.withoutProof = Array(response[..<(attributes[attributes.count - 1].startIndex - 1)])
    self.proof = proof
  }
}

/// `r=nonce,s=salt,i=iterations`, with extensions behind it that may be ignored.
struct ScramServerFirst {
  let nonce: [UInt8]
  let salt: [UInt8]
  let iterations: Int

  init(nonce: [UInt8], salt: [UInt8], iterations: Int) {
    self.nonce = nonce
    self.salt = salt
    self.iterations = iterations
  }

  init(parsing challenge: [UInt8], after clientNonce: [UInt8]) throws(SASLError) {
    let attributes = challenge[...].attributes
    if let word = attributes[0].attribute("e") { throw .serverError(String(decoding: word, as: UTF8.self)) }
    // An "m=" in first place is an extension that must be understood, and none is.
    guard attributes.count >= 3, let nonce = attributes[0].attribute("r"),
      let salt = attributes[1].attribute("s").flatMap(Base64.decode), !salt.isEmpty,
      let iterations = attributes[2].attribute("i").flatMap(Cursor.number)
    else { throw .malformedChallenge }
    guard nonce.starts(with: clientNonce), nonce.count > clientNonce.count, nonce.isNonce else { throw .wrongNonce }
    self.init(nonce: Array(nonce), salt: salt, iterations: iterations)
  }

  var octets: [UInt8] {
    Array("r=".utf8) + nonce + Array(",s=".utf8) + Base64.encode(salt) + Array(",i=\(iterations)".utf8)
  }
}
