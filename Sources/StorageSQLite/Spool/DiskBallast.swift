// A little room that is kept on the disk for the day when other programs have filled it: deleting a message needs to write
// as well, and so do settling one and opening the databases.

import Glibc
import Platform

/// Belongs to the spool's writer thread. The file holds nothing.
final class DiskBallast {
  static let file = "ballast"
  static let octets: Int64 = 1 << 20
  private let descriptor: Descriptor
  private var isAboard: Bool

  /// Gives the room back at once where the disk is full already.
  ///
  /// - Returns: `nil` where there can be no such file; the spool does without.
  init?(in directory: StateDirectory, freeOctets: Int64?) {
    guard let descriptor = try? directory.open(Self.file, O_RDWR) else { return nil }
    var found = stat()
    isAboard = fstat(descriptor.number, &found) == 0 && Int64(found.st_size) >= Self.octets
    self.descriptor = descriptor
    follow(isDiskTight: true) { freeOctets }
  }

  /// For a command that opens a database while no relay runs.
  static func throwOff(in directory: StateDirectory) {
    guard let free = directory.freeOctets, free < octets else { return }
    _ = DiskBallast(in: directory, freeOctets: free)
  }

  /// Gives the room back when the disk has none left, and takes it again when there is plenty.
  ///
  /// - Parameter freeOctets: of the disk; asked only where it may matter.
  func follow(isDiskTight: Bool, freeOctets: () -> Int64?) {
    guard isDiskTight || !isAboard, let free = freeOctets() else { return }
    if isAboard, free < Self.octets { throwOff() }
    if !isAboard, free > 16 * Self.octets { takeAboard() }
  }

  private func takeAboard() { isAboard = posix_fallocate(descriptor.number, 0, off_t(Self.octets)) == 0 }

  private func throwOff() { isAboard = ftruncate(descriptor.number, 0) != 0 }
}
