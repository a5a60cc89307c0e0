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

/// For what no message waits for: the program stays under 40 MB.
let small = settings + [.unsafeFlags(["-Osize"], .when(configuration: .release))]

func module(
  _ name: String, sees: [Target.Dependency] = [], resources: [Resource] = [], _ settings: [SwiftSetting] = settings
) -> Target {
  .target(name: name, dependencies: sees, resources: resources, swiftSettings: settings)
}

func tests(of name: String, sees: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.target(name: name), "Support"] + sees, path: "Tests/\(name)",
    swiftSettings: settings)
}

/// `Tests/Fuzz` without a fuzzer is a test: each target with its corpus. With one it is a program that looks for more.
func fuzzing(_ modules: [Target.Dependency]) -> Target {
  guard let fuzzer else {
    return .testTarget(
      name: "FuzzTests", dependencies: modules, path: "Tests/Fuzz", exclude: ["main.swift"], swiftSettings: settings)
  }
  return .executableTarget(
    name: "letterhead-fuzz", dependencies: modules, path: "Tests/Fuzz", exclude: ["CorpusTests.swift"],
    swiftSettings: settings, linkerSettings: [.unsafeFlags([fuzzer, "-lstdc++"])])
}

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let log = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
  name: "letterhead",
  products: [
    .executable(name: "letterhead", targets: ["letterhead-cli"]),
    .executable(name: "letterhead-sendmail", targets: ["letterhead-sendmail"]),
  ],
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
    // Half of the program less: linked before ICU's data, which nothing reads.
    .target(name: "CICUStubData"),
    // The leaf: descriptors, threads, files, time.
    // Not called System: Swift packages ask canImport(System) for Apple's module of that name, and would find ours.
    module("Platform", sees: ["CLinux"]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),

    // What is logged: events and fields, each named once, and the forms of a line.
    module("Logs", sees: ["Platform", log]),

    // Values: bytes into meaning and back. No I/O.
    module("SMTP"),
    module("Message", sees: ["SMTP"]),

    // The machine: sockets and secrets.
    module("Sockets", sees: ["Platform", "CLinux"]),
    module("TLS", sees: ["Sockets", "COpenSSL"]),
    module("Cryptography", sees: ["COpenSSL"]),
    module("HTTP", sees: ["Platform", "CCurl"]),

    // What was promised, and who it goes out as.
    module("Spool", sees: ["Platform", "SMTP", "Message", "Logs", log]),
    module("Mailboxes", sees: ["Platform", "SMTP", "Message", "Cryptography", "Logs", log]),
    // The engine that keeps both. The only module that says SQL.
    module(
      "StorageSQLite", sees: ["Platform", "SMTP", "Message", "Cryptography", "Mailboxes", "Spool", grdb, "Logs", log]),

    // The ways out: what providers say and mean, the seam, and SMTP submission behind it.
    module("Diagnosis", sees: ["SMTP", "Mailboxes"]),
    module(
      "OAuth", sees: ["Platform", "HTTP", "Sockets", "Cryptography", "Mailboxes", "Diagnosis", "Logs", log], small),
    module("Transport", sees: ["Diagnosis", "Message", "SMTP", "Mailboxes"]),
    // A mailbox's folder of sent messages, looked into and filed into.
    module(
      "IMAP", sees: ["Transport", "Diagnosis", "Message", "SMTP", "Mailboxes", "Platform", "Sockets", "TLS"], small),
    module(
      "TransportSMTP",
      sees: [
        "Transport", "Diagnosis", "Message", "SMTP", "Mailboxes", "Platform", "Sockets", "TLS", "Cryptography", "OAuth",
        "IMAP",
      ]),
    // What the ways out by HTTPS have in common, and each of them.
    module(
      "TransportAPI",
      sees: ["Transport", "Diagnosis", "Message", "SMTP", "Mailboxes", "Platform", "HTTP", "OAuth"], small),
    module("TransportGraph", sees: ["TransportAPI", "HTTP", "Mailboxes", "SMTP"], small),
    module("TransportGmail", sees: ["TransportAPI", "HTTP", "Mailboxes"], small),
    module("TransportSandbox", sees: ["Transport", "Diagnosis", "Message", "SMTP", "Mailboxes", "Platform"]),

    // Mail comes in, mail goes out, and people see and steer both.
    module(
      "Submission",
      sees: ["Platform", "SMTP", "Message", "Sockets", "TLS", "Spool", "Access", "Mailboxes", "Logs", log]),
    module(
      "Delivery", sees: ["Transport", "Diagnosis", "Spool", "Mailboxes", "Message", "SMTP", "Platform", "Logs", log]),
    module("Status", sees: ["Platform", "Spool", "Mailboxes"], small),

    // Who may do what, and everything that may be asked of the relay.
    module("Access", sees: ["Platform", "SMTP", "Mailboxes"]),
    module(
      "Control",
      sees: ["Platform", "SMTP", "Message", "Mailboxes", "Spool", "Access", "Diagnosis", "Transport", "Logs", log],
      small),

    // The whole.
    module(
      "Letterhead",
      sees: [
        "Platform", "SMTP", "Message", "HTTP", "Sockets", "TLS", "Spool", "Mailboxes", "StorageSQLite", "OAuth",
        "Diagnosis", "Transport", "TransportSMTP", "TransportAPI", "TransportGraph", "TransportGmail",
        "TransportSandbox",
        "Submission", "Delivery", "Status", "Access",
        "Control", "Logs",
        .product(name: "TOMLKit", package: "TOMLKit"), log,
      ], resources: [.embedInCode("Configuration/providers.toml")], small),
    // What other programs' configurations say, as one of ours. Pure; files are handed in.
    module(
      "Import", sees: ["Platform", "SMTP", "Cryptography", "Mailboxes", "Access", "Diagnosis", "Letterhead"], small),
    .executableTarget(
      name: "letterhead-cli",
      dependencies: [
        "Letterhead", "Import", "Platform", "Logs", "SMTP", "Message", "HTTP", "Sockets", "Cryptography", "Spool",
        "Mailboxes",
        "StorageSQLite", "OAuth", "Diagnosis", "TransportSMTP", "Submission", "Status", "Access", "Control",
        "CICUStubData", .product(name: "ArgumentParser", package: "swift-argument-parser"), log,
      ],
      swiftSettings: small,
      // Nothing is loaded into the relay that could ask it for a symbol.
      linkerSettings: [.unsafeFlags(["-Xlinker", "--no-export-dynamic"], .when(configuration: .release))]),

    // The program that apps call as sendmail: started for each message, hence small.
    module("Sendmail", sees: ["CLinux", "Platform", "SMTP", "Message"]),
    .executableTarget(name: "letterhead-sendmail", dependencies: ["Sendmail"], swiftSettings: settings),

    .target(
      name: "Support", dependencies: ["Platform", "SMTP", "Message", "Sockets", "TLS", "COpenSSL", "Mailboxes"],
      path: "Tests/Support",
      swiftSettings: settings),
    // A transport without sockets, for tests on both sides of the seam.
    .target(
      name: "TransportSupport", dependencies: ["Transport", "Diagnosis", "Mailboxes", "Message", "SMTP"],
      path: "Tests/TransportSupport", swiftSettings: settings),
    .testTarget(
      name: "SupportTests", dependencies: ["Support", "Sockets"], path: "Tests/SupportItself", swiftSettings: settings),
    tests(of: "Platform"),
    tests(of: "Logs", sees: [log]),
    tests(of: "SMTP"),
    tests(of: "Message", sees: ["SMTP"]),
    tests(of: "Sendmail", sees: ["Platform", "SMTP", "Message", "letterhead-sendmail"]),
    tests(of: "Sockets", sees: ["Platform"]),
    tests(of: "TLS", sees: ["Sockets"]),
    tests(of: "Cryptography"),
    tests(of: "HTTP", sees: ["Sockets"]),
    // What every engine must keep, for the tests of each.
    .target(
      name: "StorageConformance", dependencies: ["Platform", "SMTP", "Message", "Mailboxes", "Spool", "Support"],
      path: "Tests/StorageConformance", swiftSettings: settings),
    tests(of: "Mailboxes", sees: ["Platform", "SMTP", "Message", "StorageConformance"]),
    tests(
      of: "StorageSQLite",
      sees: ["Platform", "SMTP", "Message", "Mailboxes", "Spool", "StorageConformance", "spool-probe", grdb, log]),
    // A process that asks for access tokens and can be killed at it; also the helper that asks in its place.
    .executableTarget(
      name: "refresh-probe", dependencies: ["HTTP", "OAuth", "Mailboxes", "StorageSQLite"], path: "Tests/RefreshProbe",
      swiftSettings: settings),
    tests(
      of: "OAuth",
      sees: [
        "Platform", "SMTP", "HTTP", "Sockets", "Cryptography", "Mailboxes", "StorageSQLite", "refresh-probe",
        .product(name: "FlyingFox", package: "FlyingFox"),
      ]),
    // A process that tests of the spool can kill. Exported, its own fdatasync and pwrite64 stand before libc's.
    .executableTarget(
      name: "spool-probe", dependencies: ["Spool", "StorageSQLite", "SMTP", "Message", log], path: "Tests/SpoolProbe",
      swiftSettings: settings, linkerSettings: [.unsafeFlags(["-Xlinker", "--export-dynamic"])]),
    tests(of: "Spool", sees: ["StorageConformance", "Platform", "SMTP", "Message", "StorageSQLite", log]),
    tests(
      of: "Submission",
      sees: ["Platform", "Logs", "SMTP", "Message", "Sockets", "Spool", "StorageSQLite", "Access", "Mailboxes", log]),
    tests(of: "Diagnosis", sees: ["TransportSupport", "SMTP", "Mailboxes", "OAuth", "TransportSMTP"]),
    tests(of: "Transport", sees: ["TransportSupport", "Diagnosis", "SMTP", "Message", "Mailboxes"]),
    tests(
      of: "IMAP",
      sees: [
        "Transport", "TransportSupport", "TransportSMTP", "Message", "SMTP", "Mailboxes", "Sockets",
      ]),
    tests(
      of: "TransportSMTP",
      sees: [
        "TransportSupport", "Transport", "Diagnosis", "SMTP", "Message", "Mailboxes", "Platform", "Sockets", "TLS",
        "OAuth", "Delivery", "Spool", "StorageSQLite", log,
      ]),
    tests(
      of: "TransportAPI",
      sees: [
        "TransportGraph", "TransportGmail", "TransportSupport", "Transport", "Diagnosis", "SMTP", "Message",
        "Mailboxes", "Platform", "HTTP", "OAuth",
      ]),
    tests(
      of: "TransportSandbox",
      sees: ["TransportSupport", "Transport", "Diagnosis", "SMTP", "Message", "Mailboxes", "Platform"]),
    tests(
      of: "Delivery",
      sees: [
        "Transport", "TransportSupport", "Diagnosis", "Platform", "SMTP", "Message", "Spool", "StorageSQLite",
        "Mailboxes", log,
      ]),
    tests(of: "Status", sees: ["Platform", "Spool", "Mailboxes"]),
    tests(of: "Access", sees: ["Platform", "SMTP", "Message", "Mailboxes", "StorageConformance"]),
    tests(of: "Control", sees: ["SMTP", "Message", "Mailboxes", "Spool", "StorageSQLite", "Access", log]),
    tests(
      of: "Letterhead",
      sees: [
        "Platform", "SMTP", "Message", "Sockets", "Spool", "Mailboxes", "StorageSQLite", "Status", "Submission",
        "Access",
        "Control", "Logs", log,
      ]),
    tests(of: "Import", sees: ["SMTP", "Cryptography", "Mailboxes", "Letterhead"]),
    fuzzing([
      "Support", "CLinux", "Platform", "SMTP", "Message", "HTTP", "Sockets", "TLS", "Cryptography", "Mailboxes",
      "OAuth", "IMAP",
      "Diagnosis", "Status", "Control", "Letterhead", "Import", "Sendmail",
    ]),
    .testTarget(
      name: "SystemTests",
      dependencies: [
        "Support", "letterhead-cli", "letterhead-sendmail",
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      path: "Tests/System", exclude: ["rig", "press-tab", "provider", "clients", "downstream"], swiftSettings: settings),
    // What `make bench` runs. Load, sink and delay are written on bare sockets: what is measured must not measure itself.
    .executableTarget(
      name: "letterhead-bench",
      dependencies: [
        "CLinux", "COpenSSL", "Logs", "SMTP", "Message", grdb,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "Tests/Benchmarks", exclude: ["faulty-disk.c", "faulty-world.c"], swiftSettings: settings),
    .testTarget(
      name: "BenchmarksTests", dependencies: ["letterhead-bench", "Support", "Sockets"],
      path: "Tests/BenchmarksItself", swiftSettings: settings),
  ]
)

// `TESTS=Spool swift test` (or `TESTS='Spool SMTP'`) builds and runs these modules' tests alone: while one works on one
// module, the package has only their test targets and what those need.
if let wanted = Context.environment["TESTS"]?.split(separator: " ").map({ "\($0)Tests" }) {
  let targets = Dictionary(uniqueKeysWithValues: package.targets.map { ($0.name, $0) })
  var needed: Set<String> = []
  var unseen = wanted
  while let name = unseen.popLast() {
    guard let target = targets[name], needed.insert(name).inserted else { continue }
    for case .byNameItem(let name, _) in target.dependencies { unseen.append(name) }
    for case .targetItem(let name, _) in target.dependencies { unseen.append(name) }
  }
  package.targets.removeAll { !needed.contains($0.name) }
  package.products = []
}
