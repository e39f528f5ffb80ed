// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// A library to preload: the process's CPU time takes the place of every clock, so that a program's time limit is one of CPU
// seconds, and a busy machine takes nothing from a run. For programs with one busy thread.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec* time) {
  (void)clock;
  const int failed = (int)syscall(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, time);
  time->tv_sec += 1700000000;  // a plausible date
  return failed;
}

int gettimeofday(struct timeval* restrict time, void* restrict zone) {
  (void)zone;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}
