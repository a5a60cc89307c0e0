#include "CLinux.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t signal_pipe = -1;

// Anything may be half done when it is called: it may do no more than write.
static void note_signal(int number, siginfo_t *info, void *context) {
  int before = errno;
  struct CLinux_signal note = {number, info->si_code, info->si_pid, info->si_uid};
  ssize_t written = write((int)signal_pipe, &note, sizeof note);
  (void)written;
  (void)context;
  errno = before;
}

int CLinux_catch_signal(int number, int pipe) {
  struct sigaction action = {.sa_sigaction = note_signal, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigemptyset(&action.sa_mask);
  signal_pipe = pipe;
  return sigaction(number, &action, NULL);
}
