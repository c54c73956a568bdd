// Makes the database's disk read-only for as long as the file that TOUCHMARK_READ_ONLY names is there: what the kernel
// does to a file system that failed (ext4's errors=remount-ro). Writes through descriptors that were open before fail
// with EROFS. `mount -o remount,ro` cannot stand in for it, with or without root: it is refused (EBUSY) while a file is
// open for writing.
// A file that begins with "full" makes the disk full instead: the same with ENOSPC.
//
// Only files with .sqlite in their name are looked at; what is mapped (-shm) is memory, which such a disk keeps too.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int is_refused(int fd) {
  const char *flag = getenv("TOUCHMARK_READ_ONLY");
  char name[64], path[4096];
  if (!flag || access(flag, F_OK) != 0) return 0;
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(name, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  if (!strstr(path, ".sqlite")) return 0;
  char kind[4] = "";
  FILE *told = fopen(flag, "re");
  size_t read = told ? fread(kind, 1, sizeof kind, told) : 0;
  if (told) fclose(told);
  errno = read == sizeof kind && !memcmp(kind, "full", sizeof kind) ? ENOSPC : EROFS;
  return 1;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  return is_refused(fd) ? -1 : REAL(pwrite)(fd, bytes, count, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
  return is_refused(fd) ? -1 : REAL(pwrite64)(fd, bytes, count, offset);
}

ssize_t write(int fd, const void *bytes, size_t count) {
  return is_refused(fd) ? -1 : REAL(write)(fd, bytes, count);
}

int ftruncate(int fd, off_t length) { return is_refused(fd) ? -1 : REAL(ftruncate)(fd, length); }

int ftruncate64(int fd, off64_t length) { return is_refused(fd) ? -1 : REAL(ftruncate64)(fd, length); }
