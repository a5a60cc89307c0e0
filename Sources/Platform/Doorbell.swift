// A descriptor that a thread waits on beside others, so that another thread can wake it.
import CLinux
import Glibc

package struct Doorbell: ~Copyable, Sendable {
  private let descriptor = Descriptor(owning: eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)))

  package init() { precondition(descriptor.number >= 0, "no descriptors left for a doorbell") }

  /// For `poll`: readable once the bell was rung, for good.
  package var number: Int32 { descriptor.number }

  /// From any thread.
  package func ring() { eventfd_write(descriptor.number, 1) }
}
