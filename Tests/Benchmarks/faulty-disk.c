/* A slow or a failing disk, for any program that is linked with libc dynamically: LD_PRELOAD=faulty-disk.so.
 *
 *   FAULTY_DISK_SYNC_MS=8        each fsync and fdatasync takes 8 ms longer
 *   FAULTY_DISK_FAIL=fsync:EIO:1000,write:ENOSPC:500
 *                                one call in 1000, in 500 …, by chance, fails so; calls: open write fsync rename truncate
 *   FAULTY_DISK_SEED=7           the same seed gives the same chances, in the order of the calls
 *   FAULTY_DISK_UNDER=/dir       only files below this directory fail (needed with FAULTY_DISK_FAIL)
 *   FAULTY_DISK_SWITCH=/file     they fail only while this file exists
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum call { OPEN, WRITE, SYNC, RENAME, TRUNCATE, CALLS };
static const char *const names[CALLS] = {"open", "write", "fsync", "rename", "truncate"};

static struct { int error; uint64_t one_in; } faults[CALLS];
static struct timespec sync_delay;
static const char *under, *switch_file;
static _Atomic uint64_t chance;

static int error_named(const char *name) {
  return !strcmp(name, "ENOSPC") ? ENOSPC : !strcmp(name, "EDQUOT") ? EDQUOT : EIO;
}

static void read_faults(const char *text) {
  char call[16], error[16];
  unsigned long one_in;
  int length;
  while (sscanf(text, "%15[a-z]:%15[A-Z]:%lu%n", call, error, &one_in, &length) == 3) {
    for (int i = 0; i < CALLS; i++)
      if (!strcmp(call, names[i]) && one_in > 0) {
        faults[i].error = error_named(error);
        faults[i].one_in = one_in;
      }
    text += length;
    if (*text != ',') break;
    text++;
  }
}

__attribute__((constructor)) static void read_settings(void) {
  const char *ms = getenv("FAULTY_DISK_SYNC_MS"), *seed = getenv("FAULTY_DISK_SEED"), *fail = getenv("FAULTY_DISK_FAIL");
  long delay = ms ? atol(ms) : 0;
  sync_delay = (struct timespec){delay / 1000, delay % 1000 * 1000000};
  under = getenv("FAULTY_DISK_UNDER");
  switch_file = getenv("FAULTY_DISK_SWITCH");
  atomic_store(&chance, seed ? strtoull(seed, NULL, 10) : 1);
  if (fail && under) read_faults(fail);
}

/* SplitMix64, one step a call. */
static uint64_t next_chance(void) {
  uint64_t x = atomic_fetch_add(&chance, 0x9E3779B97F4A7C15ull) + 0x9E3779B97F4A7C15ull;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

static int fails_at(enum call call, const char *path) {
  if (!faults[call].one_in || strncmp(path, under, strlen(under))) return 0;
  if (switch_file && faccessat(AT_FDCWD, switch_file, F_OK, 0)) return 0;
  if (next_chance() % faults[call].one_in) return 0;
  errno = faults[call].error;
  return 1;
}

static int fails(enum call call, int fd) {
  char link[64], path[4096];
  if (!faults[call].one_in) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return fails_at(call, path);
}

#define REAL(name) ((__typeof__(&name))real(&real_##name, #name))
static void *real(void *_Atomic *kept, const char *name) {
  void *found = atomic_load(kept);
  if (!found) atomic_store(kept, found = dlsym(RTLD_NEXT, name));
  return found;
}

#define WRAP(call, result, name, parameters, arguments) \
  static void *_Atomic real_##name;                     \
  result name parameters { return fails(call, fd) ? -1 : REAL(name) arguments; }

WRAP(WRITE, ssize_t, write, (int fd, const void *bytes, size_t count), (fd, bytes, count))
WRAP(WRITE, ssize_t, writev, (int fd, const struct iovec *parts, int count), (fd, parts, count))
WRAP(WRITE, ssize_t, pwrite, (int fd, const void *bytes, size_t count, off_t at), (fd, bytes, count, at))
WRAP(WRITE, ssize_t, pwrite64, (int fd, const void *bytes, size_t count, off64_t at), (fd, bytes, count, at))
WRAP(TRUNCATE, int, ftruncate, (int fd, off_t length), (fd, length))
WRAP(TRUNCATE, int, ftruncate64, (int fd, off64_t length), (fd, length))

#define WRAP_SYNC(name)                           \
  static void *_Atomic real_##name;               \
  int name(int fd) {                              \
    if (fails(SYNC, fd)) return -1;               \
    int outcome = REAL(name)(fd), kept = errno;   \
    if (sync_delay.tv_sec || sync_delay.tv_nsec) nanosleep(&sync_delay, NULL); \
    errno = kept;                                 \
    return outcome;                               \
  }
WRAP_SYNC(fsync)
WRAP_SYNC(fdatasync)

#define WRAP_OPEN(name)                                            \
  static void *_Atomic real_##name;                                \
  int name(const char *path, int flags, ...) {                     \
    va_list more;                                                  \
    va_start(more, flags);                                         \
    int creates = flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE; \
    mode_t mode = creates ? va_arg(more, mode_t) : 0;              \
    va_end(more);                                                  \
    if (creates && fails_at(OPEN, path)) return -1;        \
    return REAL(name)(path, flags, mode);                          \
  }
WRAP_OPEN(open)
WRAP_OPEN(open64)

static void *_Atomic real_rename;
int rename(const char *from, const char *to) { return fails_at(RENAME, to) ? -1 : REAL(rename)(from, to); }
