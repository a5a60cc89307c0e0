// Room on the disk of the queue.

import Diagnosis
import Platform

struct DiskCheck: Equatable, Sendable {
  let path: String
  /// `nil`: it cannot be asked.
  let freeOctets: Int64?
  /// `nil`: the file system does not count them.
  let freeFiles: Int64?
  /// `queue_min_free`.
  let minimumOctets: Int64

  /// Each large message is a file, and so is each database's log.
  private static let fewFiles: Int64 = 1000

  var findings: [DoctorFinding] {
    guard let freeOctets else { return [DoctorFinding(.disk, .note, "The disk of \(path) does not tell its room.")] }
    let biggest = "du -xh --max-depth=2 /var 2>/dev/null | sort -h | tail"
    if freeOctets < minimumOctets {
      return [
        DoctorFinding(
          .disk, .error,
          "\(megabytes(freeOctets)) are free for \(path), less than queue_min_free (\(megabytes(minimumOctets))): no mail is "
            + "accepted.", run: biggest)
      ]
    }
    if let freeFiles, freeFiles < Self.fewFiles {
      return [
        DoctorFinding(
          .disk, freeFiles == 0 ? .error : .warning,
          "The file system of \(path) has room for \("more file".counted(Int(clamping: freeFiles))).",
          run: "df -i \(shellWord(path))")
      ]
    }
    if freeOctets < 2 * minimumOctets {
      return [
        DoctorFinding(
          .disk, .warning,
          "\(megabytes(freeOctets)) are free for \(path); below \(megabytes(minimumOctets)) no mail is accepted.",
          run: biggest)
      ]
    }
    return [DoctorFinding(.disk, .ok, "\(megabytes(freeOctets)) are free for \(path).")]
  }

  private func megabytes(_ octets: Int64) -> String { "\(octets >> 20) MB" }
}
