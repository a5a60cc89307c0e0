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
  /// Names its host in the subject alone.
  package static let commonNameOnly = named("common-name-only")
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

  /// One directory a run, removed when the run ends; what runs that were killed left behind goes now.
  private static let directory: String = {
    let temporary = "/tmp"
    for name in (try? FileManager.default.contentsOfDirectory(atPath: temporary)) ?? []
    where name.hasPrefix("lh-certs.") {
      let pid = Int32(name.dropFirst("lh-certs.".count)) ?? 0
      if kill(pid, 0) != 0, errno == ESRCH { try? FileManager.default.removeItem(atPath: "\(temporary)/\(name)") }
    }
    let path = "\(temporary)/lh-certs.\(getpid())"
    atexit { try? FileManager.default.removeItem(atPath: "/tmp/lh-certs.\(getpid())") }
    do {
      let making = try Process.run(URL(fileURLWithPath: "\(Checkout.path)/Certs/make-certs"), arguments: [path])
      making.waitUntilExit()
      if making.terminationStatus != 0 { fatalError("Certs/make-certs failed") }
    } catch {
      fatalError("Certs/make-certs cannot be run: \(error)")
    }
    return path
  }()
}
