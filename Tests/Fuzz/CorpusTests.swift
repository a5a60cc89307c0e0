// Each target with the inputs that are kept for it: examples from the protocols, and whatever has broken it before.

import Foundation
import Support
import Testing

private struct Sample: Sendable, CustomStringConvertible {
  let target: Target
  let file: String
  var description: String { "\(target)/\(file)" }

  static func all(of target: Target) -> [Sample] {
    let folder = "\(Checkout.path)/Tests/Corpus/\(target.name)"
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.sorted().map { Sample(target: target, file: $0) }
  }

  func check() throws {
    let path = "\(Checkout.path)/Tests/Corpus/\(target.name)/\(file)"
    try target.check(Array(try Data(contentsOf: URL(filePath: path))))
  }
}

struct `What is fuzzed` {
  @Test(arguments: Target.all.flatMap(Sample.all))
  private func `holds for every input that is kept`(sample: Sample) throws { try sample.check() }

  @Test(arguments: Target.all)
  func `holds for nothing at all, and has a corpus`(target: Target) throws {
    try target.check([])
    #expect(!Sample.all(of: target).isEmpty)
  }
}
