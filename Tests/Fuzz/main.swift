// The program behind `make fuzz`: one target, chosen by name, and libFuzzer's own arguments behind it.

import Glibc

/// libFuzzer's loop as a library function; it calls back with each input.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ take: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

guard CommandLine.arguments.count > 1 else {
  for target in Target.all { print(target.name) }
  exit(0)
}
guard let target = Target.named(CommandLine.arguments[1]) else {
  print("There is no target \(CommandLine.arguments[1]). Without arguments they are listed.")
  exit(2)
}

// A C function captures nothing, so the target stands here for it. Set once, before the loop begins.
nonisolated(unsafe) private var check = target.check

// The name is ours; libFuzzer reads what follows.
var count = CommandLine.argc - 1
var arguments = CommandLine.unsafeArgv + 1
arguments[0] = CommandLine.unsafeArgv[0]

exit(
  runDriver(&count, &arguments) { octets, count in
    do {
      try check(Array(UnsafeBufferPointer(start: octets, count: count)))
    } catch {
      fatalError("\(error)")
    }
    return 0
  })
