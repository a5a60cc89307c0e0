// Which files are looked at, and what is found.

import Foundation
import Submission

extension FileCheck {
  /// - Parameter configuration: `nil` where it has mistakes.
  init(looking places: RelayPlaces, _ file: String, _ configuration: Configuration?) {
    let state = PathFacts(looking: places.stateDirectory, for: .stateDirectory)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: places.stateDirectory)) ?? []
    let files = names.sorted().map { PathFacts(looking: "\(places.stateDirectory)/\($0)", for: .state) }
    let folder = URL(fileURLWithPath: places.statusFile).deletingLastPathComponent().path
    let named = configuration.map { configuration in
      configuration.namedFiles.map {
        PathFacts(looking: $0, for: configuration.certificates.contains($0) ? .certificate : .secret)
      }
    }
    paths =
      [PathFacts(looking: file, for: .configuration), state, PathFacts(looking: folder, for: .statusFolder)]
      // Folders in it are closed by the state directory itself.
      + files.filter { $0.kind != .folder } + (named ?? [])
    relay = state.kind == .folder ? (state.owner, state.group) : nil
  }
}

extension Configuration {
  fileprivate var certificates: [String] {
    (listeners.map(\.certificateFile) + clients.values.map(\.certificateFile)).compactMap(\.self)
  }
}
