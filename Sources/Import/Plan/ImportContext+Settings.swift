// What is said of settings by their names alone: one table for each system, read in one place.

/// What becomes of a setting for which its parser has no rule of its own.
enum SettingMeaning {
  /// It goes with the mailbox that it belongs to.
  case part
  /// Nothing needs to take its place.
  case needless
  case changed(String)
  case leftOut(String)
}

extension ImportContext {
  /// - Parameters:
  ///   - head: the line of the mailbox that these settings make; `nil` where none came of them.
  ///   - meaning: of a name and its value; `nil` where the name is not known.
  mutating func tell(
    _ settings: ForeignSettings, of head: SourceLine?, by meaning: (_ name: String, _ value: String) -> SettingMeaning?
  ) {
    for line in settings.overridden { tellOverridden(line) }
    for name in settings.names {
      guard let setting = settings.stated(name) else { continue }
      let meaning = meaning(name, setting.value)
      plan.ledger.name(setting.source, name)
      // Of no use without a mailbox, and told as that.
      guard plan.isUseful else { continue }
      switch meaning {
      case nil: break
      case .part: if let head { plan.ledger.join([setting.source], to: head) }
      case .needless: plan.ledger.group(setting.source, .carried, "Nothing needs to take their place")
      case .changed(let advice): changed(setting.source, "\(name): \(advice)")
      case .leftOut(let advice): leftOut(setting.source, "\(name): \(advice)")
      }
    }
  }

  mutating func tellOverridden(_ line: SourceLine) {
    plan.ledger.group(line, .carried, "Said again further down, which holds")
  }
}
