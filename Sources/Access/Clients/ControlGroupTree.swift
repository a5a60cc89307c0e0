// The directories of cgroup2. Users and containers may make as many below their own as they like, so what one of them can
// add is bounded, and the system's own services, which lie near the root, are found first.

import Glibc

/// One walk over the tree, level by level.
struct ControlGroupTree {
  /// By the inode number of each directory but the root.
  private(set) var findings: [UInt64: ControlGroupFinding] = [:]
  private var waiting: [Branch] = []
  /// How many directories were found below each unit, container or user's manager.
  private var counts: [String: Int] = [:]

  private struct Branch {
    let path: String
    /// The path of the unit, container or user's manager that it belongs to.
    let owner: String?
  }

  static let mostDirectories = 100_000
  static let mostOfOneOwner = 2000
  /// Of a path, in octets.
  static let longestPath = 1024

  /// Blocks while it reads.
  init(root: String) {
    waiting = [Branch(path: "", owner: nil)]
    var next = 0
    while next < waiting.count {
      let parent = waiting[next]
      next += 1
      Self.forEachDirectory(in: root + parent.path) { take($0, inode: $1, in: parent) }
    }
  }

  /// - Returns: false when there is no room for another in this directory.
  private mutating func take(_ name: String, inode: UInt64, in parent: Branch) -> Bool {
    let path = "\(parent.path)/\(name)"
    let group = ControlGroup(path: path)
    let owner = parent.owner ?? (group != nil || name.hasPrefix("user@") ? path : nil)
    if let owner {
      counts[owner, default: 0] += 1
      guard counts[owner, default: 0] <= Self.mostOfOneOwner else { return false }
    }
    guard findings.count < Self.mostDirectories else { return false }
    findings[inode] = group.map { .group($0) } ?? .unnamed
    if path.utf8.count <= Self.longestPath { waiting.append(Branch(path: path, owner: owner)) }
    return true
  }

  /// - Parameter body: returns false to see no more.
  private static func forEachDirectory(in path: String, _ body: (_ name: String, _ inode: UInt64) -> Bool) {
    guard let directory = opendir(path) else { return }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      guard Int(entry.pointee.d_type) == DT_DIR else { continue }
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name == "." || name == ".." { continue }
      if !body(name, UInt64(entry.pointee.d_ino)) { return }
    }
  }
}
