// Random numbers, and the errors of OpenSSL.
import COpenSSL

/// Random octets from OpenSSL's generator, which the kernel seeds. They may be used for keys.
package func randomOctets(_ count: Int) -> [UInt8] {
  var octets = [UInt8](repeating: 0, count: count)
  let status = RAND_bytes(&octets, Int32(count))
  precondition(status == 1, "no random numbers to be had: \(lastOpenSSLError())")
  return octets
}

/// The error text of OpenSSL's last failure on this thread.
func lastOpenSSLError() -> String {
  var text = [CChar](repeating: 0, count: 256)
  ERR_error_string_n(ERR_get_error(), &text, text.count)
  ERR_clear_error()
  return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
