// What `letterhead import --json` prints.

import Import

struct ImportListing: Encodable {
  struct Item: Encodable {
    let file: String?
    let line: Int?
    /// The other lines of which it is said, as `file:line`.
    let also: [String]
    let sentence: String
  }

  let from: String
  let exitCode: Int32
  let toml: String
  let carried: [Item]
  let changed: [Item]
  let leftOut: [Item]
  let connect: [String]
  let switchOver: [String]
  let switchBack: [String]

  init(_ report: ImportReport, in file: String) {
    func items(_ kind: ImportFinding.Kind) -> [Item] {
      report.plan.findings.filter { $0.kind == kind }.map {
        Item(
          file: $0.source?.file, line: $0.source?.line, also: $0.sources.dropFirst().map(\.description),
          sentence: $0.sentence)
      }
    }
    from = report.plan.system.rawValue
    exitCode = report.plan.exitCode
    toml = report.toml
    (carried, changed, leftOut) = (items(.carried), items(.changed), items(.leftOut))
    connect = report.connects(in: file)
    (switchOver, switchBack) = report.switching(in: file)
  }
}
