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
#include <spawn.h>
#include <sys/file.h>

extern int accept4(int socket, struct sockaddr *peer, socklen_t *length, int flags);
extern int pipe2(int ends[2], int flags);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
extern int pthread_setname_np(pthread_t thread, const char *name);

// prctl is variadic, which Swift cannot call.
static inline int CLinux_set_dumpable(int value) { return prctl(PR_SET_DUMPABLE, value, 0, 0, 0); }

// Gives a thread a descriptor table of its own: how the tests fill one up without harming each other.
extern int unshare(int flags);

// netdb.h
static const int CLINUX_EAI_NODATA = -5;
static const int CLINUX_EAI_ADDRFAMILY = -9;

#endif
