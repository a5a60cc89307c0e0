// A record that cannot be read.

/// A record lacks what it must have, or has what it cannot have.
package struct DamagedRecord: Error {
  package init() {}
}
