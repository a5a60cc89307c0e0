// OpenSSL's error queue. Each thread has its own, so it must be read right after the call that failed.
import COpenSSL

struct OpenSSLError {
  let reason: Int32
  /// In OpenSSL's words.
  let text: String
}

/// Takes all errors out of this thread's queue, oldest first.
func takeOpenSSLErrors() -> [OpenSSLError] {
  var errors: [OpenSSLError] = []
  while true {
    let code = ERR_get_error()
    if code == 0 { return errors }
    let text = ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)"
    errors.append(OpenSSLError(reason: Int32(truncatingIfNeeded: code & 0x7F_FFFF), text: text))
  }
}

extension [OpenSSLError] {
  var text: String { isEmpty ? "no reason given" : map(\.text).joined(separator: "; ") }
}
