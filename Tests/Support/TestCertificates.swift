// Certificates for this run of the tests, made once by Certs/make-certs. Nothing is committed.

internal import Foundation

/// A certificate with its key, as files.
package struct TestCertificate: Sendable {
  /// The leaf, and the intermediates its server sends.
  package let chainFile: String
  package let keyFile: String

  /// For `localhost`, `127.0.0.1`, `::1` and `*.example`, from this run's own authority.
  package static let good = named("good")
  package static let expired = named("expired")
  package static let notYetValid = named("not-yet-valid")
  package static let wrongName = named("wrong-name")
  /// From an authority that is not `authorityFile`.
  package static let otherAuthority = named("other-ca")
  package static let selfSigned = named("self-signed")
  /// A leaf under an intermediate that is not sent.
  package static let missingIntermediate = named("missing-intermediate")

  /// The private authority, as a PEM file.
  package static let authorityFile = "\(directory)/ca.pem"

  package static func named(_ name: String) -> TestCertificate {
    TestCertificate(chainFile: "\(directory)/\(name).pem", keyFile: "\(directory)/\(name).key")
  }

  /// One directory a run, below the system's temporary directory; the next run replaces what it finds of dead ones.
  private static let directory: String = {
    let path = "/tmp/lh-certs.\(getpid())"
    // Not with Process: it waits for whoever inherits its descriptors, and make-certs leaves a sweeper behind.
    guard system("exec '\(Checkout.path)/Certs/make-certs' --for-one-run '\(path)' > /dev/null") == 0 else {
      fatalError("Certs/make-certs failed")
    }
    return path
  }()
}
