// What the file system of the queue says of its room.

import Glibc

extension DiskCheck {
  init(looking directory: String, keeping minimum: Int64) {
    var status = statvfs()
    let found = statvfs(directory, &status) == 0
    self.init(
      path: directory, freeOctets: found ? Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize)) : nil,
      freeFiles: found && status.f_files > 0 ? Int64(clamping: UInt64(status.f_favail)) : nil, minimumOctets: minimum)
  }
}
