// When an app sends too many messages alike, and which are alike.

import Foundation
import SMTP
import Testing

@testable import Access

private let start = Date(timeIntervalSince1970: 1_764_000_000)
private let failed = MessageLikeness(sender: Address("job@acme.example"), subject: "Job failed")

extension StormGuard {
  fileprivate mutating func weather(
    _ message: MessageLikeness = failed, of app: String = "erp", limit: Int = 3, at seconds: Double
  ) -> Weather {
    watch(message, of: app, limit: limit, at: start.addingTimeInterval(seconds))
  }
}

@Suite struct `The storm guard` {
  @Test func `holds what is beyond the number, and is told once`() {
    var storms = StormGuard()
    let weather = (0..<6).map { storms.weather(at: Double($0)) }
    #expect(weather == [.calm, .calm, .calm, .storm(isNew: true), .storm(isNew: false), .storm(isNew: false)])
  }

  @Test func `lets as many through as are spread over time`() {
    var storms = StormGuard()
    for number in 0..<50 { #expect(storms.weather(at: Double(number) * 210) == .calm) }
  }

  @Test func `counts apps, senders and subjects each for itself`() {
    var storms = StormGuard()
    let others = [
      MessageLikeness(sender: Address("other@acme.example"), subject: "Job failed"),
      MessageLikeness(sender: nil, subject: "Job failed"),
      MessageLikeness(sender: Address("job@acme.example"), subject: "Job done"),
    ]
    for second in 0..<3 {
      #expect(storms.weather(at: Double(second)) == .calm)
      #expect(storms.weather(of: "crm", at: Double(second)) == .calm)
      for other in others { #expect(storms.weather(other, at: Double(second)) == .calm) }
    }
  }

  @Test func `a storm goes on while there are too many, and ends after ten quiet minutes, though not silent ones`() {
    var storms = StormGuard()
    for second in 0..<10 { _ = storms.weather(at: Double(second)) }
    // Now at its usual pace: one in five minutes. The many count until ten minutes after the last of them.
    let pace = stride(from: 300.0, through: 1800, by: 300).map { storms.weather(at: $0) }
    #expect(pace == [.storm(isNew: false), .storm(isNew: false), .storm(isNew: false), .calm, .calm, .calm])
  }

  @Test func `the next storm is told again`() {
    var storms = StormGuard()
    for second in 0..<4 { _ = storms.weather(at: Double(second)) }
    let next = (0..<4).map { storms.weather(at: 2000 + Double($0)) }
    #expect(next == [.calm, .calm, .calm, .storm(isNew: true)])
  }

  @Test func `what is held counts, so that a storm which goes on is one`() {
    var storms = StormGuard()
    let weather = (0..<100).map { storms.weather(at: Double($0) * 60) }
    #expect(weather.count { $0 == .storm(isNew: true) } == 1 && weather.last == .storm(isNew: false))
  }

  @Test func `tells a thousand kinds apart, and keeps those that came last`() {
    var storms = StormGuard()
    let old = MessageLikeness(sender: nil, subject: "Old")
    for second in 0..<4 {
      _ = storms.weather(old, at: Double(second))
      _ = storms.weather(at: Double(second))
    }
    for number in 0..<StormGuard.mostKinds {
      let sender = Address(localPart: "user-\(number)", domain: "acme.example")
      _ = storms.weather(MessageLikeness(sender: sender, subject: ""), at: 10 + Double(number) / 100)
      if number.isMultiple(of: 100) { _ = storms.weather(at: 10 + Double(number) / 100) }
    }
    #expect(storms.weather(at: 30) == .storm(isNew: false))
    #expect(storms.weather(old, at: 30) == .calm)
  }

  @Test func `apps that are gone are forgotten`() {
    var storms = StormGuard()
    for second in 0..<4 { _ = storms.weather(at: Double(second)) }
    storms.keep(only: [])
    #expect(storms.weather(at: 5) == .calm)
  }

  @Test func `its sentence names the number`() {
    var app = App(name: "erp")
    app.stormGuard = 100
    #expect(app.stormSentence.hasPrefix("erp sent more than 100 messages alike in ten minutes"))
  }

  @Test(arguments: [
    ("Job 4711 (2026-11-29 12:30): FAILED", "job # failed"), ("Re: Order #1", "re order #"),
    ("erp01 is down", "erp# is down"), ("commit a94a8fe5 deadbeef", "commit #"),
    ("id 550e8400-e29b-41d4-a716-446655440000", "id #"), ("b2b added a face", "b#b added a face"),
    ("  Zwölf  Äpfel ", "zwölf äpfel"), ("٤٢ رسالة", "# رسالة"), ("", ""), ("---", ""),
    (String(repeating: "a ", count: 300), String(repeating: "a ", count: 99) + "a"),
  ])
  func `subjects are compared by their words, numbers aside`(subject: String, folded: String) {
    #expect(MessageLikeness.folded(subject) == folded)
  }
}
