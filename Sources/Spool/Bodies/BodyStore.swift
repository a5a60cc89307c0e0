// The seam to where large bodies are stored, beside the engine's records. Files are the first implementation.

package import Message

/// Keeps bodies that are too large for memory, each under a name that records refer to.
package protocol BodyStore: Sendable {
  /// Starts a body.
  ///
  /// - Parameter reserve: octets of storage that have to stay free; with less `.full` is thrown.
  func create(keeping reserve: Int64) async throws(SpoolError) -> any BodyWriter
  /// The body that a record names.
  func body(named name: String, octetCount: Int) -> any SpoolBody
  /// All that are stored, finished or not. Blocks; so do the next two.
  func names() throws(SpoolError) -> [String]
  /// Deletes bodies that no record names any more.
  func delete(_ names: [String])
  /// - Returns: the first 64 KiB or less; nothing where there is no such body.
  func beginning(of name: String) -> [UInt8]
}

/// A body on its way into the store. Releasing it, and what `finish` returned, deletes the body unless a record names it.
package protocol BodyWriter: Sendable {
  /// - Throws: `.full` or `.unwritable`: discard it and say 452.
  func append(_ piece: [UInt8]) async throws(SpoolError)
  /// The body and its name would survive a power cut when this returns.
  func finish() async throws(SpoolError) -> any SpoolBody
  /// Deletes what was written.
  func discard()
}

/// A large body as a record refers to it.
package protocol SpoolBody: StoredBody {
  var name: String { get }
  /// A record names it from now on, so it stays when this value is released.
  func keep()
}

extension BodyStore {
  /// Deletes what a crash has left: bodies that no record names.
  func sweep(keepingNamesOf engine: any SpoolEngine) throws(EngineFailure) {
    let names: [String]
    do throws(SpoolError) { names = try self.names() } catch { throw .refused(error) }
    var unnamed: [String] = []
    for name in names where try !engine.names(body: name) { unnamed.append(name) }
    delete(unnamed)
  }
}
