// Where the system keeps the certificates of authorities.

import Glibc
import TLS

extension AuthorityCheck {
  init(looking environment: [String: String]) {
    let places = TLSContext.authorityPlaces(environment)
    let path = places.first { access($0, F_OK) == 0 } ?? places[0]
    self.init(path: path, isThere: access(path, F_OK) == 0, isReadable: access(path, R_OK) == 0)
  }
}
