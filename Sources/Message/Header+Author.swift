// A From field for a message that was handed in without one.

package import SMTP

extension Header {
  /// Adds a From field behind the other fields.
  ///
  /// - Parameter name: in UTF-8; written so that any server takes it.
  package mutating func addAuthor(_ address: Address, name: String?) {
    let octets = address.text.utf8.filter { !$0.isControl }
    append(
      Field(.from, folding: AddressWriter.mailbox(name: name.flatMap { DisplayName($0).encoded }, address: octets)))
  }
}
