// docs/troubleshooting.md is what the rules say.

import Foundation
import Testing

@testable import Diagnosis

@Suite struct `The troubleshooting page` {
  @Test func `is the one in docs`() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/troubleshooting.md")
    #expect(try String(contentsOf: file, encoding: .utf8) == Troubleshooting.page, "To write it anew: make docs")
  }

  @Test func `has every rule, filled in and with words`() {
    let page = Troubleshooting.page
    for rule in ReplyTable.chapters.flatMap(\.rules) {
      for sample in rule.samples where !sample.words.hasPrefix(":") { #expect(page.contains("`\(sample.words)`")) }
    }
    #expect(!page.contains("{") && !page.contains("}"))
  }
}
