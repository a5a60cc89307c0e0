// Whether Letterhead could listen at an address now.

import Foundation

enum PortProbe {
  static let isFree: @Sendable (_ host: String, _ port: Int) -> Bool = { host, port in
    guard let place = place(host, port) else { return false }
    defer { freeaddrinfo(place) }
    let facts = place.pointee
    let number = socket(facts.ai_family, facts.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard number >= 0 else { return false }
    defer { close(number) }
    var isOn: Int32 = 1
    setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<Int32>.size))
    if bind(number, facts.ai_addr, facts.ai_addrlen) == 0 { return listen(number, 1) == 0 }
    // Only root may take low ports; for others, whoever answers there shows that it is taken.
    guard errno == EACCES else { return false }
    return connect(number, facts.ai_addr, facts.ai_addrlen) != 0
  }

  private static func place(_ host: String, _ port: Int) -> UnsafeMutablePointer<addrinfo>? {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    return getaddrinfo(host, "\(port)", &hints, &found) == 0 ? found : nil
  }
}
