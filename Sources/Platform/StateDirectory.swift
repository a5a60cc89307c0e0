// The directory that holds all that must survive: one user's alone, closed to group and world.
package import Glibc

/// `state_dir`, checked.
package struct StateDirectory: Sendable {
  package let path: String
  /// Root may work on another user's state directory (`sudo letterhead connect`); what root makes there belongs to the
  /// owner of the directory.
  package let owner: uid_t
  package let group: gid_t

  /// Makes the directory, mode 0700, where it is missing. Root may use another user's.
  package init(preparing path: String) throws(StateDirectoryError) {
    if makeDirectories(path, mode: 0o700) != 0, errno != EEXIST {
      throw .unusable(path: path, reason: "\(SystemError())")
    }
    try self.init(checking: path)
  }

  /// Changes nothing. Root may use another user's.
  package init(existing path: String) throws(StateDirectoryError) {
    guard access(path, F_OK) == 0 else { throw .missing(path: path) }
    try self.init(checking: path)
  }

  private init(checking path: String) throws(StateDirectoryError) {
    var found = stat()
    // Follows a symbolic link: systemd's DynamicUser makes the state directory one.
    guard stat(path, &found) == 0 else { throw .unusable(path: path, reason: "\(SystemError())") }
    guard found.st_mode & S_IFMT == S_IFDIR else { throw .notADirectory(path: path) }
    guard found.st_uid == geteuid() || geteuid() == 0 else {
      throw .wrongOwner(path: path, found: found.st_uid, expected: geteuid())
    }
    guard found.st_mode & 0o077 == 0 else {
      throw .wrongMode(path: path, found: found.st_mode & 0o7777, expected: 0o700)
    }
    (self.path, owner, group) = (path, found.st_uid, found.st_gid)
  }

  /// The relay itself works on its own directory only; not even root's relay on another user's.
  package func requireOwn() throws(StateDirectoryError) {
    guard owner == geteuid() else { throw .wrongOwner(path: path, found: owner, expected: geteuid()) }
  }

  package func file(_ name: String) -> String { path + "/" + name }

  /// Makes a directory inside, mode 0700, where it is missing. Its name is on disk when this returns.
  package func makeDirectory(_ name: String) throws(StateDirectoryError) {
    if mkdir(file(name), 0o700) == 0 { return try synchronize() }
    guard errno == EEXIST else { throw .unusable(path: file(name), reason: "\(SystemError())") }
  }

  /// Closes files to group and world that earlier versions, or a copy from a backup, have left open. Others cannot have
  /// reached them in a directory of mode 0700. Not the key: whoever has opened that must learn of it.
  ///
  /// - Returns: the names of those files.
  package func closeFiles() -> [String] {
    let names = (try? names(in: "")) ?? []
    return names.filter { name in
      var found = stat()
      guard name != "key", lstat(file(name), &found) == 0, found.st_mode & S_IFMT == S_IFREG,
        found.st_uid == owner, found.st_mode & 0o077 != 0
      else { return false }
      return chmod(file(name), 0o600) == 0
    }
  }

  /// What is in a directory inside; in this one for `""`.
  package func names(in directory: String) throws(StateDirectoryError) -> [String] {
    let path = file(directory)
    guard let listing = opendir(path) else { throw .unusable(path: path, reason: "\(SystemError())") }
    defer { closedir(listing) }
    var names: [String] = []
    while let entry = readdir(listing) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// There is no such file, or nothing in it.
  package func isMissingOrEmpty(_ name: String) -> Bool {
    var found = stat()
    return lstat(file(name), &found) != 0 ? errno == ENOENT : found.st_mode & S_IFMT == S_IFREG && found.st_size == 0
  }

  /// Makes a file, empty and mode 0600, where it is missing, and checks it where it is not. Does not open a file that is
  /// there: closing it would drop the locks that SQLite holds on it for this process.
  package func prepare(_ name: String) throws(StateDirectoryError) {
    var found = stat()
    guard lstat(file(name), &found) == 0 else {
      _ = try open(name, O_RDWR)
      return
    }
    guard found.st_mode & S_IFMT != S_IFLNK else { throw .symbolicLink(path: file(name)) }
    try PrivateFile.check(found, path: file(name), owners: [owner], forbidden: 0o077)
  }

  /// Opens a file, making it, empty and mode 0600, where it is missing.
  package func open(_ name: String, _ flags: Int32) throws(StateDirectoryError) -> Descriptor {
    let path = file(name)
    let descriptor = try PrivateFile.open(path, flags | O_CREAT)
    do throws(SystemError) { try adopt(descriptor) } catch { throw StateDirectoryError(error, at: path) }
    try PrivateFile.check(descriptor, path: path, owners: [owner], forbidden: 0o077)
    return descriptor
  }

  /// Gives a file that root has just made, and that is still empty, to the owner of the directory. Anything else of root's
  /// in the directory is somebody's mistake and is refused.
  private func adopt(_ descriptor: borrowing Descriptor) throws(SystemError) {
    guard geteuid() == 0, owner != 0 else { return }
    var found = stat()
    guard fstat(descriptor.number, &found) == 0 else { throw SystemError() }
    guard found.st_uid == 0, found.st_size == 0 else { return }
    guard fchown(descriptor.number, owner, group) == 0 else { throw SystemError() }
  }

  /// Returns when the names in the directory are on disk.
  package func synchronize() throws(StateDirectoryError) {
    do throws(SystemError) { try AtomicFile.synchronizeDirectory(of: file("")) } catch {
      throw StateDirectoryError(error, at: path)
    }
  }

  /// What is free on the file system; `nil` where it does not say.
  package var freeOctets: Int64? { Self.freeOctets(at: path) }

  /// The same, of a directory that was not checked.
  package static func freeOctets(at path: String) -> Int64? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
  }
}

/// With the directories above it, which get the usual mode. The names of those that it makes are on disk when this
/// returns.
///
/// - Returns: 0, or -1 with `errno` set: to `EEXIST` where it is there.
package func makeDirectories(_ path: String, mode: mode_t) -> Int32 {
  var result = mkdir(path, mode)
  if result != 0, errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex {
    let parent = String(path[..<slash])
    if makeDirectories(parent, mode: 0o755) == 0 {
      // Root's umask would close to the relay's user what lies on the way to its own.
      if geteuid() == 0 { chmod(parent, 0o755) }
    } else if errno != EEXIST {
      return -1
    }
    result = mkdir(path, mode)
  }
  if result == 0 { try? AtomicFile.synchronizeDirectory(of: path) }
  return result
}
