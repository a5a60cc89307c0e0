// OpenSSL's error queue, as words and as reasons. The queue belongs to the thread: read it right after the call.
import COpenSSL

struct Complaint {
  let reason: Int32
  let words: String
}

/// Takes everything from this thread's queue, oldest first.
func takeComplaints() -> [Complaint] {
  var complaints: [Complaint] = []
  while true {
    let code = ERR_get_error()
    if code == 0 { return complaints }
    let words = ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)"
    complaints.append(Complaint(reason: Int32(truncatingIfNeeded: code & 0x7F_FFFF), words: words))
  }
}

extension [Complaint] {
  var words: String { isEmpty ? "no reason given" : map(\.words).joined(separator: "; ") }
}
