/* A clock that is set and name look-ups that hang, for any program that is linked with libc dynamically.
 *
 *   FAULTY_WORLD_CLOCK=/file     holds seconds, as a decimal number: so far ahead is the clock on the wall (behind, where
 *                                negative). Looked at each time. The monotonic clock goes on as it does when somebody
 *                                sets the real one.
 *   FAULTY_WORLD_LOOKUP_MS=30000 each look-up of a name waits so long, then fails for now (EAI_AGAIN)
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <fcntl.h>

static long ahead(void) {
  const char *path = getenv("FAULTY_WORLD_CLOCK");
  char text[32];
  if (!path) return 0;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  if (length <= 0) return 0;
  text[length] = 0;
  return atol(text);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  int outcome = (int)syscall(SYS_clock_gettime, clock, time);
  if (outcome == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += ahead();
  return outcome;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  struct timespec now;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &now);
  *time = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
  return 0;
}

time_t time(time_t *place) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (place) *place = now.tv_sec;
  return now.tv_sec;
}

int getaddrinfo(const char *restrict node, const char *restrict service, const struct addrinfo *restrict hints,
                struct addrinfo **restrict found) {
  const char *ms = getenv("FAULTY_WORLD_LOOKUP_MS");
  // Whether a name is a number is asked without a look-up, which takes no time in any world.
  int isNumeric = hints && hints->ai_flags & AI_NUMERICHOST;
  if (ms && node && !isNumeric && !strpbrk(node, "0123456789:")) {
    long wait = atol(ms);
    nanosleep(&(struct timespec){wait / 1000, wait % 1000 * 1000000}, NULL);
    return EAI_AGAIN;
  }
  int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
      (int (*)(const char *, const char *, const struct addrinfo *, struct addrinfo **))dlsym(RTLD_NEXT, "getaddrinfo");
  return real(node, service, hints, found);
}
