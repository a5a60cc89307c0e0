// Whether the key is there. It is not opened.

import Control

extension KeyCheck {
  init(looking directory: String, sealed: [String], apps: [AppSummary], isRefused: Bool) {
    func kind(_ name: String) -> PathFacts.Kind { PathFacts(looking: "\(directory)/\(name)", for: .secret).kind }
    let key: Key =
      if kind("key.credential") == .file { .credential } else {
        switch kind("key") {
        case .hidden: .hidden
        case .missing: .missing
        default: .file
        }
      }
    self.init(key: key, path: "\(directory)/key", sealed: sealed, apps: apps, isRefused: isRefused)
  }
}
