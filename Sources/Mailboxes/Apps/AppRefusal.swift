// Why a password of an app is not made or taken away.

package import Foundation

/// Why what was asked about an app's password is not done.
package enum AppRefusal: Error, Equatable, Sendable {
  case hasPassword(app: String, madeAt: Date)
  case noPassword(app: String)
}

extension AppRefusal: CustomStringConvertible {
  package var description: String {
    switch self {
    case .hasPassword(let app, let madeAt):
      "\(app) has a password since \(madeAt.formatted(.iso8601)), which cannot be shown again. To make another one, while "
        + "the old one stays good for a week: letterhead app password \(app) --rotate --grace 7d"
    case .noPassword(let app):
      "\(app) has no password. `letterhead app list` shows which apps have one."
    }
  }
}
