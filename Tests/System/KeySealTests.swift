// The key of saved sign-ins, on its way into systemd's keeping; with the systemd-creds of this host.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `The key that is sealed to this machine` {
    /// A relay's state with a key in it, and a folder for units.
    private struct Place {
      let relay: Relay
      var key: String { relay.directory.path("state/key") }
      var credential: String { relay.directory.path("key.cred") }

      init() async throws {
        relay = try Relay()
        try await relay.letterhead("connect", "acme", "--provider", "sandbox", "--address", "office@acme.example")
          .wentWell()
      }

      func seal() async throws -> Finished {
        try await relay.letterhead(
          "key", "seal", "--unit", "letterhead", "--unit-folder", relay.directory.path("units"))
      }

      /// As systemd does when it starts the relay.
      func serveWithCredential() async throws {
        let folder = relay.directory.path("credentials")
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let words = ["decrypt", "--name=letterhead.key", credential, "\(folder)/letterhead.key"]
        try await run("systemd-creds", words).wentWell()
        try await run("chmod", ["0400", "\(folder)/letterhead.key"]).wentWell()
        try await relay.start(under: ["env", "CREDENTIALS_DIRECTORY=\(folder)"])
        try await relay.end()
      }
    }

    @Test func `leaves state_dir only when the relay has been started with it`() async throws {
      let place = try await Place()
      let begun = try await place.seal().wentWell()
      #expect(begun.output.contains("systemctl restart letterhead"))
      let added = try String(
        contentsOfFile: place.relay.directory.path("units/letterhead.service.d/key.conf"), encoding: .utf8)
      #expect(added.hasSuffix("[Service]\nLoadCredentialEncrypted=letterhead.key:\(place.credential)\n"))
      // Not started yet: it is sealed once more, and stays.
      try await place.seal().wentWell()
      let key = try Data(contentsOf: URL(filePath: place.key))
      #expect(try Data(contentsOf: URL(filePath: place.credential)).range(of: key) == nil)

      try await place.serveWithCredential()
      #expect(FileManager.default.fileExists(atPath: place.key))
      #expect(try await place.seal().wentWell().output.contains("deleted in state_dir"))
      #expect(!FileManager.default.fileExists(atPath: place.key))
      #expect(try await place.seal().wentWell().output.contains("in systemd's keeping, and not in"))
    }

    @Test func `of a configuration elsewhere is named in no service but the one that is said`() async throws {
      let place = try await Place()
      let units = place.relay.directory.path("units")
      let sealed = try await place.relay.letterhead("key", "seal", "--unit-folder", units).wentWell()
      #expect(sealed.output.contains("\n  LoadCredentialEncrypted=letterhead.key:\(place.credential)\n"), "\(sealed)")
      #expect(sealed.output.contains("letterhead status --config \(place.relay.configuration)"), "\(sealed)")
      #expect(!FileManager.default.fileExists(atPath: units))
      try await place.relay.letterhead("key", "seal", "--unit", "trial.service", "--unit-folder", units).wentWell()
      #expect(FileManager.default.fileExists(atPath: "\(units)/trial.service.d/key.conf"))
    }

    @Test func `stays where the sealed one is another`() async throws {
      let place = try await Place()
      try await place.seal().wentWell()
      try await place.serveWithCredential()
      let other = "head -c 32 /dev/urandom | systemd-creds encrypt --name=letterhead.key - '\(place.credential)'"
      try await run("sh", ["-c", other]).wentWell()
      let refused = try await place.seal()
      #expect(refused.status == 1 && refused.errors.contains("another key"), "\(refused)")
      #expect(FileManager.default.fileExists(atPath: place.key))
    }
  }
}
