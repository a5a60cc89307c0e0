// The dates of HTTP's fields. RFC 9110 §5.6.7.

import CCurl
package import FoundationEssentials

package enum HTTPDate {
  /// Reads any of the three forms that senders use. `nil` for what is no date.
  package static func parse(_ text: String) -> Date? {
    let seconds = curl_getdate(text, nil)
    return seconds < 0 ? nil : Date(timeIntervalSince1970: Double(seconds))
  }
}
