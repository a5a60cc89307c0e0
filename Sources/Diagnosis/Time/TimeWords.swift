// A provider's words cut into words and numbers, and the units of time among them, in the languages of providers.

struct TimeWords {
  private let tokens: [Substring]
  private let text: String

  /// In scalars. No sentence about time begins further back; a hostile server would send 64 KiB.
  private static let longestText = 2000

  init(_ words: String) {
    text = String(words.unicodeScalars.prefix(Self.longestText)).lowercased()
    tokens = text.split { !$0.isLetter && !$0.isNumber }.flatMap(Self.apart)
  }

  /// `24h` is a number and a unit.
  private static func apart(_ word: Substring) -> [Substring] {
    let digits = word.prefix { $0.isASCII && $0.isNumber }
    return [digits, word[digits.endIndex...]].filter { !$0.isEmpty }
  }

  // MARK: A wait

  /// After a word that asks to come again: a number and its unit, or a number of seconds after `Retry-After`.
  var wait: Duration? {
    guard let cue = tokens.firstIndex(where: Self.cues.contains) else { return nil }
    for place in tokens.indices[(cue + 1)...] {
      guard let number = Int(tokens[place]), number > 0, number < 1_000_000 else { continue }
      if let unit = unit(at: place + 1) { return .seconds(number * unit.rawValue) }
      if tokens[cue...].starts(with: ["retry", "after", tokens[place]]) { return .seconds(number) }
    }
    return nil
  }

  private func unit(at place: Int) -> StatedTime.Period? {
    guard tokens.indices.contains(place) else { return nil }
    return Self.nouns[tokens[place]] ?? Self.abbreviations[tokens[place]]
  }

  // MARK: A period

  /// The first that is named.
  var period: StatedTime.Period? {
    for place in tokens.indices {
      if let period = Self.adjectives[tokens[place]] { return period }
      if let period = Self.nouns[tokens[place]], isPeriod(place) { return named(period, before: place) }
      if let period = Self.abbreviations[tokens[place]], isCounted(place) { return named(period, before: place) }
    }
    return Self.unspaced.first { text.contains($0.0) }?.1
  }

  private func isCounted(_ place: Int) -> Bool {
    place > 0 && (Int(tokens[place - 1]) != nil || Self.each.contains(tokens[place - 1]))
  }

  /// A unit alone is no period: "have a nice day".
  private func isPeriod(_ place: Int) -> Bool {
    isCounted(place) || tokens.indices.contains(place + 1) && Self.limits.contains(tokens[place + 1])
  }

  /// 24 hours are a day, 60 minutes an hour.
  private func named(_ unit: StatedTime.Period, before place: Int) -> StatedTime.Period {
    guard place > 0, let number = Int(tokens[place - 1]), number < 1_000_000 else { return unit }
    return StatedTime.Period.allCases.last { $0.rawValue <= number * unit.rawValue } ?? unit
  }
}

extension TimeWords {
  private static let cues: Set<Substring> = [
    "again", "retry", "wait", "expires", "expire", "resets", "reset", "blocked", "later", "available", "erneut",
    "wieder",
    "warten", "réessayer", "réessayez", "attendre", "riprova", "riprovare", "attendere", "reintente", "espere",
    "novamente", "aguarde", "opnieuw", "ponownie", "znovu", "через", "повторите", "подождите",
  ]
  private static let each: Set<Substring> = [
    "per", "each", "every", "one", "a", "an", "last", "past", "single", "this", "your", "pro", "je", "jede", "par",
    "al",
    "all", "alla", "ogni", "por", "cada", "na", "pe", "za", "w", "за", "в", "один",
  ]
  private static let limits: Set<Substring> = [
    "limit", "limits", "quota", "quotas", "sending", "period", "maximum", "cap",
  ]

  private static let nouns = table([
    .second: "second seconds sec secs sekunde sekunden seconde secondes secondi segundos sekund секунд",
    .minute: "minute minutes min mins minuten minuto minuti minutos minuut minut minuty minutę минут минуты минуту",
    .hour:
      "hour hours hr hrs stunde stunden heure heures ora ore hora horas uur godzina godzin godzinę oră hodina hodin "
      + "hodinu час часа часов",
    .day:
      "day days tag tage tagen jour jours giorno giorni día días dia dias dag dagen dzień dni zi zile dní день дня дней "
      + "сутки суток",
    .month: "month months monat mois mese mesi maand miesiąc lună měsíc месяц",
  ])
  private static let adjectives = table([
    .minute: "minutely",
    .hour: "hourly stündlich stündliche stündliches stundenlimit horaire orario oraria",
    .day: "daily täglich tägliche tägliches tageslimit journalier journalière quotidien quotidienne giornaliero "
      + "giornaliera diario diaria diário diária dagelijks dagelijkse dziennie dzienny zilnic zilnică denní суточный дневной",
    .month: "monthly monatlich monatliche monatslimit mensuel mensuelle mensile mensual mensal maandelijkse",
  ])
  private static let abbreviations = table([.second: "s", .minute: "m", .hour: "h", .day: "d"])
  /// In languages that leave no blanks between words.
  private static let unspaced: [(String, StatedTime.Period)] = [
    ("小时", .hour), ("小時", .hour), ("時間あたり", .hour), ("시간당", .hour), ("分钟", .minute), ("每天", .day), ("每日", .day),
    ("一天", .day), ("当天", .day), ("1日", .day), ("一日", .day), ("하루", .day), ("일일", .day), ("每月", .month), ("月間", .month),
  ]

  private static func table(_ words: [StatedTime.Period: String]) -> [Substring: StatedTime.Period] {
    Dictionary(
      words.flatMap { period, words in words.split(separator: " ").map { ($0, period) } },
      uniquingKeysWith: { first, _ in first })
  }
}
