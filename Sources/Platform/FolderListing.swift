// What is in a folder.
import Glibc

package enum FolderListing {
  /// More are not listed at once: in a folder that is open to everybody there may be any number.
  private static let most = 100_000

  /// Names without `.` and `..`, in the file system's order; none where the folder cannot be read.
  package static func names(in folder: String) -> [String] {
    var names: [String] = []
    read(folder) { name in
      names.append(name)
      return names.count < most
    }
    return names
  }

  /// - Parameter take: called with one name after the other, however many there are, as long as it returns true.
  package static func read(_ folder: String, _ take: (String) -> Bool) {
    guard let listing = opendir(folder) else { return }
    defer { closedir(listing) }
    while let entry = readdir(listing) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != "..", !take(name) { return }
    }
  }
}
