// Whose mail waits for whose, in a folder that everybody may fill.

import Foundation
import Testing

@testable import Submission

@Suite struct `The order of dropped messages` {
  private func found(_ owner: UInt32, at seconds: Int, kind: mode_t = S_IFREG, names: Int = 1) -> stat {
    var found = stat()
    (found.st_uid, found.st_mode, found.st_nlink) = (owner, kind | 0o644, nlink_t(names))
    found.st_ctim.tv_sec = seconds
    return found
  }

  private func name(_ number: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 32 - digits.count) + digits
  }

  @Test func `is that of their age, whoever has written them`() {
    var order = DropOrder()
    for (number, second) in [30, 10, 40, 20].enumerated() { order.add(name(number), found(UInt32(number), at: second)) }
    #expect(order.oldestFirst.map(\.name) == [1, 3, 0, 2].map(name))
  }

  @Test(arguments: [2, 3, 4, 5, 50])
  func `has no more than so many of one owner, his oldest`(count: Int) {
    var order = DropOrder(mostOfOneOwner: 2)
    for number in (0..<count).reversed() { order.add(name(number), found(33, at: number)) }
    order.add(name(99), found(34, at: 1000))
    #expect(order.oldestFirst.map(\.name) == [0, 1, 99].map(name))
  }

  /// Neither a user's own links nor others' links to his files take the place of his messages.
  @Test func `counts for nobody what is no message`() {
    var order = DropOrder(mostOfOneOwner: 2)
    for number in 0..<10 {
      order.add(name(number), found(33, at: number, kind: S_IFLNK))
      order.add(name(100 + number), found(33, at: 100 + number, names: 2))
      order.add("\(number)", found(33, at: 200 + number))
    }
    order.add(name(200), found(33, at: 300))
    order.add("new.\(name(201))", found(33, at: 301))
    #expect(order.oldestFirst.map(\.name) == [name(0), name(1), name(200), "new.\(name(201))"])
  }
}
