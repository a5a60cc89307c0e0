// The disk's refusals, made to order: these functions stand before libc's, so SQLite and the body files call them.

import FoundationEssentials
import Glibc
import Message
import Spool
import StorageSQLite
import Synchronization

/// 0, or the errno with which every call fails.
private let syncFailure = Atomic<Int32>(0)
private let writeFailure = Atomic<Int32>(0)
/// Calls that failed so.
private let failures = Atomic<Int>(0)

private func next<Function>(_ name: String, as type: Function.Type) -> Function {
  // RTLD_NEXT, which is a cast in C.
  unsafeBitCast(dlsym(UnsafeMutableRawPointer(bitPattern: -1), name), to: type)
}

private typealias Sync = @convention(c) (Int32) -> Int32
private typealias Write = @convention(c) (Int32, UnsafeRawPointer?, Int, Int) -> Int
private let realFdatasync = next("fdatasync", as: Sync.self)
private let realFsync = next("fsync", as: Sync.self)
private let realWrite = next("pwrite64", as: Write.self)

/// Public, or it would not be seen from outside this binary.
@_cdecl("fdatasync") public func failingFdatasync(_ descriptor: Int32) -> Int32 {
  let failure = syncFailure.load(ordering: .relaxed)
  guard failure != 0 else { return realFdatasync(descriptor) }
  failures.add(1, ordering: .relaxed)
  errno = failure
  return -1
}

/// Public, or it would not be seen from outside this binary.
@_cdecl("fsync") public func failingFsync(_ descriptor: Int32) -> Int32 {
  let failure = syncFailure.load(ordering: .relaxed)
  guard failure != 0 else { return realFsync(descriptor) }
  failures.add(1, ordering: .relaxed)
  errno = failure
  return -1
}

/// Public, or it would not be seen from outside this binary.
@_cdecl("pwrite64") public func failingWrite(
  _ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ offset: Int
) -> Int {
  let failure = writeFailure.load(ordering: .relaxed)
  guard failure != 0 else { return realWrite(descriptor, bytes, count, offset) }
  failures.add(1, ordering: .relaxed)
  errno = failure
  return -1
}

struct FailingDisk {
  let directory: String

  func run(_ scenario: String) async throws {
    let spool = try SQLiteStorage.openSpool(directory: directory, minimumFree: 0, log: quiet)
    tell("accepted \(try await spool.accept(message(1), now: Date()))")
    spool.open("acme")
    let claimed = await spool.claim("acme", atMost: 1)
    switch scenario {
    case "full": writeFailure.store(ENOSPC, ordering: .relaxed)
    case "write": writeFailure.store(EIO, ordering: .relaxed)
    case "sync": syncFailure.store(EIO, ordering: .relaxed)
    default: return tell("no such scenario")
    }
    await say(spool, 2)
    for message in claimed { spool.settle(message.id, delivered(message), now: Date()) }
    await say(spool, 3)
    // Until the spool has tried to work again by itself.
    let before = failures.load(ordering: .relaxed)
    while failures.load(ordering: .relaxed) == before { try await Task.sleep(for: .milliseconds(10)) }
    await say(spool, 4)
    writeFailure.store(0, ordering: .relaxed)
    syncFailure.store(0, ordering: .relaxed)
    tell("mended")
    while spool.counts["acme"]?.totals.delivered == 0 { try await Task.sleep(for: .milliseconds(10)) }
    await say(spool, 5)
    tell("queued \(spool.counts["acme"]?.queued ?? -1) delivered \(spool.counts["acme"]?.totals.delivered ?? -1)")
    await spool.close()
  }

  private func say(_ spool: Spool, _ number: Int) async {
    do {
      tell("accepted \(try await spool.accept(message(number), now: Date()))")
    } catch .full {
      tell("full")
    } catch .unwritable {
      tell("unwritable")
    } catch {
      tell("\(error)")
    }
  }
}
