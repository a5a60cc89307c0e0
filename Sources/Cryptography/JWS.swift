// Signed assertions in their compact form. RFC 7515 §7.1, RFC 7519 §3.
import Foundation

package enum JWS {
  /// Makes `header.claims.signature`, signed with RS256. The fields `alg` and `typ` of the header are added.
  ///
  /// - Parameter header: further fields, such as `kid` or `x5t#S256`.
  package static func compact(
    header: [String: String], claims: some Encodable, signedBy key: borrowing RSAKey
  ) throws(EncodingError) -> String {
    let header = header.merging(["alg": "RS256", "typ": "JWT"]) { given, _ in given }
    let signed = Base64URL.encode(try json(header)) + "." + Base64URL.encode(try json(claims))
    return signed + "." + Base64URL.encode(key.signature(of: Array(signed.utf8)))
  }

  private static func json(_ value: some Encodable) throws(EncodingError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .custom { date, encoder in
      var single = encoder.singleValueContainer()
      // NumericDate of RFC 7519 §2; whole seconds, because some servers read nothing else.
      try single.encode(Int(date.timeIntervalSince1970))
    }
    do {
      return Array(try encoder.encode(value))
    } catch let error as EncodingError {
      throw error
    } catch {
      throw .invalidValue(value, .init(codingPath: [], debugDescription: "\(error)"))
    }
  }
}

/// Base64 for URLs and assertions: no padding. RFC 4648 §5.
package enum Base64URL {
  package static func encode(_ octets: some Sequence<UInt8>) -> String {
    Data(octets).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  /// - Returns: `nil` if there is a character outside the alphabet. Padding is accepted.
  package static func decode(_ text: String) -> [UInt8]? {
    let bare = text.replacing("-", with: "+").replacing("_", with: "/").prefix { $0 != "=" }
    let padded = bare + String(repeating: "=", count: (4 - bare.count % 4) % 4)
    return Data(base64Encoded: String(padded)).map(Array.init)
  }
}
