// A secret as storages keep it.

/// A secret as it lies on disk.
package struct SealedSecret: Sendable, Equatable {
  package let name: SecretName
  package let octets: [UInt8]

  package init(_ octets: [UInt8], name: SecretName) {
    self.name = name
    self.octets = octets
  }
}
