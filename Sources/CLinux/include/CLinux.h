// The parts of Linux that `import Glibc` does not show to Swift. _GNU_SOURCE must not be defined here: types that Glibc
// has shown already would then look different. What only it would declare is declared by hand.
#ifndef CLINUX_H
#define CLINUX_H

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <string.h>
#include <arpa/nameser.h>
#include <resolv.h>
#include <spawn.h>
#include <sys/file.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/inet_diag.h>

extern int accept4(int socket, struct sockaddr *peer, socklen_t *length, int flags);
extern int syncfs(int descriptor);
extern int pipe2(int ends[2], int flags);
extern int pthread_setname_np(pthread_t thread, const char *name);
// <malloc.h>, which Glibc leaves out.
extern int malloc_trim(size_t pad);

// prctl is variadic, which Swift cannot call.
static inline int CLinux_set_dumpable(int value) { return prctl(PR_SET_DUMPABLE, value, 0, 0, 0); }

// A signal, and who has sent it where `code` is 0 or less: else the kernel has.
struct CLinux_signal {
  int number, code, sender;
  unsigned user;
};
// Has the signal written into `pipe`, which must not block: one for all signals of the process. 0, or -1 with errno.
extern int CLinux_catch_signal(int number, int pipe);

// Asks DNS for the mail exchangers of `name`; three seconds a server, each asked once. Returns the answer's octets, or -1.
static inline int CLinux_query_mx(const char *name, unsigned char *answer, int size) {
  struct __res_state state;
  memset(&state, 0, sizeof state);
  if (res_ninit(&state) != 0) return -1;
  state.retrans = 3;
  state.retry = 1;
  int octets = res_nquery(&state, name, ns_c_in, ns_t_mx, answer, size);
  res_nclose(&state);
  return octets;
}
// spawn.h
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);
static const short CLINUX_POSIX_SPAWN_SETSID = 0x80;

// Gives a thread a descriptor table of its own: how the tests fill one up without harming each other.
extern int unshare(int flags);

// What the headers of Debian 12 do not know: <asm/socket.h> since Linux 6.5, <linux/pidfd.h> since Linux 6.13.
static const int CLINUX_SO_PEERPIDFD = 77;
struct CLinux_pidfd_info {
  unsigned long long mask, cgroupid;
  unsigned pid, tgid, ppid, ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
  int exit_code;
};
static const unsigned long long CLINUX_PIDFD_INFO_CGROUPID = 1 << 2;
static const unsigned long CLINUX_PIDFD_GET_INFO = 0xC040FF0B;  // _IOWR(0xFF, 11, struct pidfd_info), 64 octets.

// netdb.h
static const int CLINUX_EAI_NODATA = -5;
static const int CLINUX_EAI_ADDRFAMILY = -9;

#endif
