// What the entities of a plan are called: as the administrator says, else by their addresses' domains, else as the old
// system calls the account.

import Letterhead
import Mailboxes
import SMTP

/// A name for each entity, no two alike.
struct EntityNames {
  /// Each is used once.
  private var given: [(name: String, address: Address)]
  private var taken: Set<String> = []

  init(_ given: [(name: String, address: Address)]) {
    self.given = given
    taken = Set(given.map { $0.name })
  }

  /// The name of the next entity.
  mutating func name(for entity: PlannedEntity) -> String {
    if let address = entity.address?.value, let place = given.firstIndex(where: { $0.address.isSame(as: address) }) {
      return given.remove(at: place).name
    }
    let candidates = Self.candidates(for: entity)
    let numbered = (2...1001).lazy.map { "\(candidates[0])-\($0)" }
    let name = (candidates.first { !taken.contains($0) } ?? numbered.first { !taken.contains($0) }) ?? "main"
    taken.insert(name)
    return name
  }

  private static func candidates(for entity: PlannedEntity) -> [String] {
    guard let address = entity.address?.value else { return [entity.label.map(plain) ?? "main"] }
    let local = plain(address.localPart)
    // Everybody has a mailbox at such a domain: it names no company.
    if Providers.builtIn.owner(ofDomain: address.domain) != nil { return [local] }
    let company = plain(address.domain.split(separator: ".").first.map(String.init) ?? "")
    return [company, "\(company)-\(local)"]
  }

  /// In the characters that a section's name has.
  static func plain(_ text: String) -> String {
    let kept = text.lowercased().unicodeScalars.map { scalar in
      switch scalar {
      case "a"..."z", "0"..."9", "-", "_": Character(scalar)
      default: Character("-")
      }
    }
    let name = String(kept).split(separator: "-").joined(separator: "-").prefix(30)
    return name.isEmpty ? "main" : String(name)
  }
}

extension Address {
  /// Without regard to case.
  func isSame(as other: Address) -> Bool { text.lowercased() == other.text.lowercased() }
}

extension MigrationPlan {
  /// Names the entities and gives addresses to those that have none.
  ///
  /// - Parameter given: as the administrator says; more than one name may be one address's only once.
  mutating func name(by given: [(name: String, address: Address)]) {
    var unused = given
    for index in entities.indices {
      if let address = entities[index].address?.value {
        unused.removeAll { $0.address.isSame(as: address) }
      }
    }
    for index in entities.indices where entities[index].address == nil {
      guard !unused.isEmpty else { break }
      entities[index].address = Sourced(unused.removeFirst().address, entities[index].server.source)
    }
    var names = EntityNames(given)
    for index in entities.indices { entities[index].key = names.name(for: entities[index]) }
    for other in unused {
      ledger.tell(
        ImportFinding(
          .leftOut, [],
          "--entity \(other.name)=\(other.address): no mailbox here is without an address or has this one."
        ))
    }
    for entity in entities where entity.address == nil {
      ledger.tell(
        ImportFinding(
          .changed, [entity.source],
          "Nothing says which address \(entity.signIn.username.map { "the account \($0)" } ?? "this host") "
            + "sends as. Say it: --entity \(entity.key)=office@acme.example."))
    }
  }
}
