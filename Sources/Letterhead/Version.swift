// The one place that says which Letterhead this is.

package enum Version {
  package static let current = "0.1.0"
}
