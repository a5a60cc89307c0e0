// What comes of real configurations, whole. `IMPORTED=/tmp/imported` also writes there what came of each, for who changes a
// sentence and has read the difference.

import Foundation
import Letterhead
import Testing

@testable import Import

struct `What is taken over` {
  @Test(arguments: ImportCase.all)
  func `is this configuration, and this is said of the rest`(example: ImportCase) throws {
    let report = try example.report()
    if let folder = ProcessInfo.processInfo.environment["IMPORTED"] {
      try report.whole.write(toFile: "\(folder)/\(example.name)", atomically: true, encoding: .utf8)
    }
    #expect(report.whole == example.expected)
  }

  @Test(arguments: ImportCase.all)
  func `is right, as letterhead check says, and has no secret in it`(example: ImportCase) throws {
    let report = try example.report()
    if report.plan.isUseful { _ = try Configuration.parse(report.toml, file: "/etc/letterhead/letterhead.toml") }
    #expect(!report.whole.contains("s3cret"))
  }

  @Test func `is tried with forty configurations and more, of every system`() {
    #expect(ImportCase.all.count >= 40)
    for system in ForeignSystem.allCases {
      #expect(ImportCase.all.count { $0.name.hasPrefix("\(system.rawValue)-") } >= 3, "\(system)")
    }
  }
}
