// What this process asks of the system for itself.
import CLinux

package enum OwnProcess {
  /// Other processes of the same user can no longer read this process's memory, and it is not written to disk in a crash.
  package static func hideMemory() { _ = CLinux_set_dumpable(0) }

  /// Returns memory to the system that was freed and that the allocator still holds.
  package static func returnFreedMemory() { malloc_trim(0) }
}
