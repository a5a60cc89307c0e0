// What a sealed secret is called: whose it is, and which of that mailbox's secrets.

/// Goes into the seal, so that a sealed secret opens under its own name alone.
package struct SecretName: Sendable, Equatable {
  package let entity: String
  package let field: String

  package init(entity: String, field: String) {
    self.entity = entity
    self.field = field
  }

  /// No field holds a NUL, so no two names read alike.
  var associatedData: [UInt8] { Array("letterhead 1\0\(entity)\0\(field)".utf8) }
}
