// What `make` says where Swift is missing, or is there and cannot run.

import Foundation
import Support
import Testing

extension System {
  @Suite struct `scripts/need-swift` {
    private static let script = "\(Checkout.path)/scripts/need-swift"

    /// Runs the script where the PATH has the system's programs and this `swift`; `nil`: none.
    private func finding(swift program: String?) async throws -> Finished {
      let folder = try TemporaryDirectory()
      defer { withExtendedLifetime(folder) {} }
      if let program {
        let file = try folder.write("#!/bin/sh\n\(program)\n", to: "swift")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
      }
      return try await run(Self.script, [], environment: ["PATH": "\(folder.path):/usr/bin:/bin"])
    }

    @Test func `names the library that is missing, and the packages to install`() async throws {
      let ended = try await finding(
        swift: """
          echo "$0: error while loading shared libraries: libncurses.so.6: cannot open shared object file: No such file" >&2
          exit 127
          """)
      #expect(ended.status == 1)
      #expect(ended.errors.contains("/swift, and cannot run: libncurses.so.6 is missing."), "\(ended)")
      #expect(ended.errors.contains("sudo apt-get install ") && ended.errors.contains("libncurses-dev"), "\(ended)")
      #expect(!ended.errors.contains("swiftly"), "Swift is there: \(ended)")
    }

    @Test func `shows why a Swift cannot run that was made for another system`() async throws {
      let ended = try await finding(
        swift: "echo \"$0: /lib/libc.so.6: version 'GLIBC_2.38' not found (required by $0)\" >&2; exit 1")
      #expect(ended.status == 1)
      #expect(ended.errors.contains("cannot run (exit status 1):") && ended.errors.contains("'GLIBC_2.38' not found"))
      #expect(ended.errors.contains("swiftly install 6.3"), "\(ended)")
    }

    @Test(arguments: [
      (nil, "there is no swift on the PATH"),
      ("echo 'Swift version 5.10.1 (swift-5.10.1-RELEASE)'", "this is Swift 5.10."),
    ])
    func `tells how to install Swift where there is none, or an old one`(program: String?, words: String) async throws {
      let ended = try await finding(swift: program)
      #expect(ended.status == 1 && ended.errors.contains(words), "\(ended)")
      #expect(ended.errors.contains("swiftly install 6.3"), "\(ended)")
    }

    @Test func `says nothing of a Swift that is new enough`() async throws {
      let ended = try await finding(swift: "echo 'Swift version 6.4 (swift-6.4-RELEASE)'")
      #expect(ended.status == 0 && ended.output.isEmpty && ended.errors.isEmpty, "\(ended)")
    }
  }
}
