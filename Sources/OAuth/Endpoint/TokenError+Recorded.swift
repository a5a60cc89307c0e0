// A token endpoint's answer as somebody wrote it down, read as if it had just come.

package import FoundationEssentials
import HTTP

extension TokenError {
  /// Of an answer in JSON, `{"status": 400, "headers": {…}, "body": …}`, or of the body alone. `body`: the object that came,
  /// or the text of a page; `headers` may be left out.
  ///
  /// `nil` for what is no JSON, and for an answer that brings a token.
  package init?(recorded text: String, now: Date = Date()) {
    guard let recording = try? JSONDecoder().decode(RecordedAnswer.self, from: Data(text.utf8)) else { return nil }
    let answer =
      recording.body.map { HTTPResponse(status: recording.status ?? 400, fields: recording.fields, body: $0) }
      ?? HTTPResponse(status: recording.status ?? 400, body: recording.status == nil ? Array(text.utf8) : [])
    let request = TokenRequest(to: URL(filePath: "/"), fields: [])
    do throws(TokenError) {
      _ = try TokenReply(answer, to: request, now: now).read()
      return nil
    } catch {
      self = error
    }
  }
}

private struct RecordedAnswer: Decodable {
  var status: Int?
  var fields: [(name: String, value: String)]
  /// In octets, as it came.
  var body: [UInt8]?

  private enum Key: String, CodingKey { case status, headers, body }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    status = try? fields.decode(Int.self, forKey: .status)
    let headers = (try? fields.decode([String: String].self, forKey: .headers)) ?? [:]
    self.fields = headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    if let page = try? fields.decode(String.self, forKey: .body) {
      body = Array(page.utf8)
    } else if let object = try? fields.decode(AnyJSON.self, forKey: .body) {
      body = Array((try? JSONEncoder().encode(object)) ?? Data())
    }
  }
}

/// Any value of JSON, to be written down again as it was.
private indirect enum AnyJSON: Codable {
  case text(String)
  case truth(Bool)
  case number(Double)
  case list([AnyJSON])
  case object([String: AnyJSON])
  case null

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let truth = try? value.decode(Bool.self) {
      self = .truth(truth)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let list = try? value.decode([AnyJSON].self) {
      self = .list(list)
    } else {
      self = .object(try value.decode([String: AnyJSON].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .text(let text): try value.encode(text)
    case .truth(let truth): try value.encode(truth)
    case .number(let number): try value.encode(number)
    case .list(let list): try value.encode(list)
    case .object(let object): try value.encode(object)
    case .null: try value.encodeNil()
    }
  }
}
