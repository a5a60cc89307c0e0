// letterhead.toml(5), from the declarations of all keys.

package enum ConfigurationManPage {
  package static func page(_ edition: ManPageEdition) -> ManPage {
    var roff = RoffText(title: "letterhead.toml", section: 5, day: edition.day, version: edition.version)
    roff.heading("NAME")
    roff.raw("letterhead.toml \\- configuration of the Letterhead mail relay")
    roff.heading("DESCRIPTION")
    for (number, paragraph) in opening.enumerated() {
      if number > 0 { roff.paragraph() }
      roff.line(paragraph)
    }
    for table in ConfigurationTables.descriptions { write(table, to: &roff) }
    roff.heading("EXAMPLE")
    roff.example(smallest.split(separator: "\n", omittingEmptySubsequences: false))
    roff.heading("SEE ALSO")
    roff.raw("\\fBletterhead\\fR(1),")
    roff.raw("\\fBletterhead\\-check\\fR(1),")
    roff.raw("\\fBletterhead\\-setup\\fR(1)")
    return ManPage(name: "letterhead.toml", section: 5, text: roff.text)
  }

  private static let opening = [
    "One file says for whom the relay sends and who may hand in mail. It is written in TOML; `letterhead check` reads it and "
      + "says what is wrong, with the file and the line. `letterhead check --example` prints a file with every key, and "
      + "`letterhead setup` writes one by a few questions.",
    "The usual file is `\(Configuration.usualFile)`. Each command takes another with `--config`, or by LETTERHEAD_CONFIG in the "
      + "environment.",
    "Files that end in .toml in the folder `conf.d` beside it are read after it, in the order of their names, and each may "
      + "add tables: entities, apps, listeners. A key or table that two files say is a mistake; the keys above all tables "
      + "stand in the main file. Relative paths are taken from the folder of the main file.",
    "A running relay reads the files again on SIGHUP (`systemctl reload letterhead`). With a mistake in them nothing changes.",
  ]

  private static let smallest = """
    [[listener]]
    address = "127.0.0.1:2525"

    [entity.acme]
    name    = "Acme S.p.A."
    default = true
    """

  private static func write(_ table: TableDescription, to roff: inout RoffText) {
    roff.heading(table.header ?? "KEYS ABOVE ALL TABLES")
    if !table.sentence.isEmpty { roff.line(table.sentence) }
    for key in table.keys {
      roff.item("\(RoffText.bold(key.name)) = \(RoffText.marked(key.takes))", sentences(about: key))
    }
  }

  private static func sentences(about key: KeyDescription) -> [String] {
    let usual = key.usual.map { "Default: \($0)." }
    let example = key.usual == nil ? key.example.map { "Example: `\(key.name) = \($0.toml)`." } : nil
    let restart = key.effect == .restart ? "A new value holds from the next start on." : nil
    return [key.sentence, usual, example, restart].compactMap(\.self)
  }
}
