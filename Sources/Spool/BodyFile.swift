// A body too large for a row: a file of its own in `state_dir/bodies`.

/// A large body on disk, lines and dots as in `Content`.
///
/// Until its message is accepted the file goes when the last copy of this value goes.
package struct BodyFile: Sendable {
  package let path: String
  package let octetCount: Int

  /// Reads the body in pieces of 64 KiB, from the beginning, on the spool's own thread.
  package func reader() -> Reader { Reader(self) }

  package final class Reader: Sendable {
    init(_ file: BodyFile) {}
    /// - Returns: `nil` at the end.
    package func next() async throws(SpoolError) -> [UInt8]? { fatalError() }
  }

  package final class Writer: Sendable {
    package func append(_ piece: [UInt8]) async throws(SpoolError) { fatalError() }
    /// The body is on disk, and its name in the directory, when this returns.
    package func finish() async throws(SpoolError) -> BodyFile { fatalError() }
    /// Removes what was written. Letting go of the writer does the same.
    package func discard() { fatalError() }
  }
}
