// Large bodies as files in `state_dir/bodies`, each under a random name. Nothing is read or deleted under any other.

import Glibc
package import Platform

package final class BodyFiles: BodyStore {
  private let directory: StateDirectory
  private let path: String
  private let descriptorLimit: Int32
  private let workers: WorkerPool

  /// - Parameters:
  ///   - directory: in it `bodies` is there already.
  ///   - descriptorLimit: the descriptors from this number on are not for bodies.
  ///   - workers: whose threads read and write the files.
  package init(in directory: StateDirectory, descriptorLimit: Int32, workers: WorkerPool) {
    self.directory = directory
    path = directory.file("bodies")
    self.descriptorLimit = descriptorLimit
    self.workers = workers
  }

  package func create(keeping reserve: Int64) async throws(SpoolError) -> any BodyWriter {
    let path = path(of: BodyName.draw())
    return try await workers.run { [self] () throws(SpoolError) in
      if let free = directory.freeOctets, free < reserve { throw .full }
      return try BodyFileWriter(path: path, below: descriptorLimit, workers: workers)
    }
  }

  package func body(named name: String, octetCount: Int) -> any SpoolBody {
    guard BodyName.isSound(name) else { return MisnamedBody(name: name, octetCount: octetCount) }
    let path = path(of: name)
    return BodyFile(
      path: path, octetCount: octetCount, claim: BodyClaim(path: path, isKept: true), workers: workers)
  }

  package func beginning(of name: String) -> [UInt8] {
    guard BodyName.isSound(name) else { return [] }
    return (try? Descriptor.open(path(of: name), O_RDONLY | O_NOFOLLOW).read(atMost: BodyFile.pieceOctets)) ?? []
  }

  package func delete(_ names: [String]) {
    for name in names where BodyName.isSound(name) { unlink(path(of: name)) }
  }

  package func names() throws(SpoolError) -> [String] {
    do throws(StateDirectoryError) { return try directory.names(in: "bodies") } catch { throw .directory(error) }
  }

  /// - Parameter name: a sound one.
  private func path(of name: String) -> String { "\(path)/\(name)" }
}
