// swift-tools-version: 6.2
import PackageDescription

// Targets exist for one reason: the compiler then keeps the arrows. Values (SMTP, Message) know nothing of I/O;
// Submission and Delivery never see each other and meet in the Spool; the Spool cannot see Mailboxes.

// scripts/fuzz names libFuzzer's runtime here. What is fuzzed is then built to tell which branches an input takes.
let fuzzer = Context.environment["LETTERHEAD_FUZZER"]
let watched: [SwiftSetting] =
  fuzzer == nil ? [] : [.unsafeFlags(["-sanitize=fuzzer", "-enable-testing"])]

let settings: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
  ] + watched

func room(_ name: String, sees: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
  .target(name: name, dependencies: sees, resources: resources, swiftSettings: settings)
}

func tests(of name: String, sees: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.target(name: name), "Support"] + sees, path: "Tests/\(name)",
    swiftSettings: settings)
}

/// `Tests/Fuzz` without a fuzzer is a test: each target with its corpus. With one it is a program that looks for more.
func fuzzing(_ rooms: [Target.Dependency]) -> Target {
  guard let fuzzer else {
    return .testTarget(
      name: "FuzzTests", dependencies: rooms, path: "Tests/Fuzz", exclude: ["main.swift"], swiftSettings: settings)
  }
  return .executableTarget(
    name: "letterhead-fuzz", dependencies: rooms, path: "Tests/Fuzz", exclude: ["CorpusTests.swift"],
    swiftSettings: settings, linkerSettings: [.unsafeFlags([fuzzer, "-lstdc++"])])
}

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let log = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
  name: "letterhead",
  products: [.executable(name: "letterhead", targets: ["letterhead-cli"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: [
    .target(name: "CLinux"),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),

    // Values: bytes into meaning and back. No I/O.
    room("SMTP"),
    room("Message", sees: ["SMTP"]),

    // The machine: sockets and secrets.
    room("Sockets", sees: ["CLinux"]),
    room("TLS", sees: ["Sockets", "COpenSSL"]),
    room("Cryptography", sees: ["COpenSSL"]),

    // What was promised, and who it goes out as.
    room("Spool", sees: ["SMTP", "Message", grdb, log]),
    room("Mailboxes", sees: ["SMTP", "Message", "Cryptography", grdb, log]),
    room("OAuth", sees: ["Sockets", "Cryptography", "Mailboxes", log]),

    // The ways out: what providers say and mean, the seam, and SMTP submission behind it.
    room("Diagnosis", sees: ["SMTP", "Mailboxes"]),
    room("Transport", sees: ["Diagnosis", "Message", "SMTP", "Mailboxes"]),
    room(
      "TransportSMTP",
      sees: [
        "Transport", "Diagnosis", "Message", "SMTP", "Mailboxes", "Sockets", "TLS", "Cryptography", "OAuth",
      ]),
    room("TransportSandbox", sees: ["Transport", "Diagnosis", "Message", "SMTP", "Mailboxes", "Sockets"]),

    // The front door and the back door.
    room("Submission", sees: ["SMTP", "Message", "Sockets", "TLS", "Spool", "Mailboxes", log]),
    room("Delivery", sees: ["SMTP", "Message", "Sockets", "TLS", "Cryptography", "Spool", "Mailboxes", "OAuth", log]),
    room("Status", sees: ["Spool", "Mailboxes"]),

    // The whole.
    room(
      "Letterhead",
      sees: [
        "SMTP", "Message", "Sockets", "TLS", "Spool", "Mailboxes", "OAuth", "Submission", "Delivery", "Status",
        .product(name: "TOMLKit", package: "TOMLKit"), log,
      ], resources: [.embedInCode("Configuration/providers.toml")]),
    .executableTarget(
      name: "letterhead-cli",
      dependencies: [
        "Letterhead", "SMTP", "Message", "Sockets", "Cryptography", "Spool", "Mailboxes", "OAuth", "Submission",
        "Delivery", "Status",
        .product(name: "ArgumentParser", package: "swift-argument-parser"), log,
      ],
      swiftSettings: settings),

    .target(
      name: "Support", dependencies: ["SMTP", "Message", "Sockets", "TLS", "COpenSSL"], path: "Tests/Support",
      swiftSettings: settings),
    // A transport without sockets, for tests on both sides of the seam.
    .target(
      name: "TransportSupport", dependencies: ["Transport", "Diagnosis", "Mailboxes", "Message", "SMTP"],
      path: "Tests/TransportSupport", swiftSettings: settings),
    .testTarget(
      name: "SupportTests", dependencies: ["Support", "Sockets"], path: "Tests/SupportItself", swiftSettings: settings),
    tests(of: "SMTP"),
    tests(of: "Message", sees: ["SMTP"]),
    tests(of: "Sockets"),
    tests(of: "TLS", sees: ["Sockets"]),
    tests(of: "Cryptography"),
    tests(of: "Mailboxes", sees: ["SMTP", "Message", grdb]),
    // A process that asks for access tokens and can be killed at it; also the helper that asks in its place.
    .executableTarget(
      name: "refresh-probe", dependencies: ["OAuth", "Mailboxes"], path: "Tests/RefreshProbe", swiftSettings: settings),
    tests(
      of: "OAuth",
      sees: [
        "SMTP", "Sockets", "Cryptography", "Mailboxes", "refresh-probe",
        .product(name: "FlyingFox", package: "FlyingFox"),
      ]),
    // A process that tests of the spool can kill. Exported, its own fdatasync and pwrite64 stand before libc's.
    .executableTarget(
      name: "spool-probe", dependencies: ["Spool", "SMTP", "Message", log], path: "Tests/SpoolProbe",
      swiftSettings: settings, linkerSettings: [.unsafeFlags(["-Xlinker", "--export-dynamic"])]),
    tests(of: "Spool", sees: ["SMTP", "Message", "spool-probe", log]),
    tests(of: "Submission", sees: ["SMTP", "Message", "Sockets", "Spool", "Mailboxes"]),
    tests(of: "Diagnosis", sees: ["TransportSupport", "SMTP", "Mailboxes"]),
    tests(of: "Transport", sees: ["TransportSupport", "Diagnosis", "SMTP", "Message", "Mailboxes"]),
    tests(
      of: "TransportSMTP",
      sees: [
        "TransportSupport", "Transport", "Diagnosis", "SMTP", "Message", "Mailboxes", "Sockets", "TLS", "OAuth",
      ]),
    tests(of: "TransportSandbox", sees: ["TransportSupport", "Transport", "Diagnosis", "SMTP", "Message", "Mailboxes"]),
    tests(of: "Delivery", sees: ["SMTP", "Message", "Sockets", "Spool", "Mailboxes", "OAuth"]),
    tests(of: "Status", sees: ["Spool", "Mailboxes"]),
    tests(of: "Letterhead", sees: ["SMTP", "Message", "Sockets", "Spool", "Mailboxes", "Status", "Submission", log]),
    fuzzing([
      "Support", "CLinux", "SMTP", "Message", "Sockets", "TLS", "Cryptography", "Mailboxes", "OAuth", "Delivery",
      "Status",
      "Letterhead",
    ]),
    .testTarget(
      name: "SystemTests",
      dependencies: ["Support", "letterhead-cli", .product(name: "Subprocess", package: "swift-subprocess")],
      path: "Tests/System", exclude: ["rig", "provider"], swiftSettings: settings),
    // What `make bench` runs. Load, sink and delay are written on bare sockets: what is measured must not measure itself.
    .executableTarget(
      name: "letterhead-bench",
      dependencies: [
        "CLinux", "COpenSSL", "SMTP", "Message", grdb,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "Tests/Benchmarks", exclude: ["faulty-disk.c", "faulty-world.c"], swiftSettings: settings),
    .testTarget(
      name: "BenchmarksTests", dependencies: ["letterhead-bench", "Support", "Sockets"],
      path: "Tests/BenchmarksItself", swiftSettings: settings),
  ]
)
