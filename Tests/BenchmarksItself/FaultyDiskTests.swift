// The slow and failing disk, under a program that knows nothing of it.

import Foundation
import Support
import Testing

struct FaultyDiskTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    let source = "\(Checkout.path)/Tests/Benchmarks/faulty-disk.c"
    let printed = try Self.run(
      ["clang", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", library, source, "-ldl"])
    try #require(printed.isEmpty, "\(printed)")
  }

  private var library: String { directory.path("faulty-disk.so") }

  /// Writes to a file and syncs it, sixty times; prints a letter a time: `.` or who failed.
  private static let writer = """
    import os, sys, time
    begin = time.monotonic()
    for number in range(int(sys.argv[2])):
      said = "."
      file = os.open(sys.argv[1], os.O_RDWR)
      try: os.write(file, b"x")
      except OSError as error: said = "w" if error.errno == 28 else "?"
      try: os.fsync(file)
      except OSError as error: said = "s" if error.errno == 5 else "?"
      os.close(file)
      sys.stdout.write(said)
    sys.stdout.write(" %d" % ((time.monotonic() - begin) * 1000))
    """

  private static func run(_ words: [String], _ settings: [String: String] = [:]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = settings.map { "\($0.key)=\($0.value)" } + words
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let printed = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: printed, as: UTF8.self)
  }

  private func write(_ times: Int, below: String, _ settings: [String: String]) throws -> [Substring] {
    let file = "\(below)/file"
    try Data().write(to: URL(fileURLWithPath: file))
    let given = settings.merging(["LD_PRELOAD": library]) { $1 }
    return try Self.run(["python3", "-c", Self.writer, file, String(times)], given).split(separator: " ")
  }

  @Test func `ten syncs of a disk that is 8 ms slower take 80 ms`() throws {
    let said = try write(10, below: directory.path, ["FAULTY_DISK_SYNC_MS": "8"])
    #expect(said[0] == "..........")
    #expect(try #require(Int(said[1])) >= 80)
  }

  @Test func `the same seed gives the same failures, another one others`() throws {
    var faults = [
      "FAULTY_DISK_FAIL": "write:ENOSPC:5,fsync:EIO:7", "FAULTY_DISK_UNDER": directory.path, "FAULTY_DISK_SEED": "3",
    ]
    let first = try write(60, below: directory.path, faults)[0]
    #expect(Set(first) == Set(".ws"))
    #expect(try write(60, below: directory.path, faults)[0] == first)
    faults["FAULTY_DISK_SEED"] = "4"
    #expect(try write(60, below: directory.path, faults)[0] != first)
  }

  @Test func `files elsewhere never fail, nor any while the switch is off`() throws {
    var faults = ["FAULTY_DISK_FAIL": "write:ENOSPC:1,fsync:EIO:1", "FAULTY_DISK_UNDER": directory.path("other")]
    #expect(try write(5, below: directory.path, faults)[0] == ".....")
    faults["FAULTY_DISK_UNDER"] = directory.path
    #expect(try write(5, below: directory.path, faults)[0] == "sssss")
    faults["FAULTY_DISK_SWITCH"] = directory.path("off")
    #expect(try write(5, below: directory.path, faults)[0] == ".....")
  }
}
