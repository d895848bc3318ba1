/* Preloaded into the program, this makes fsync hang as a dead or slow network file system does: for
   good, once the file named by HANG_WHEN exists; of a directory, while the file named by SLOW_WHILE
   exists, beside which a file with the suffix .waiting says that one waits. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void wait_while(const char* slow) {
  char waiting[PATH_MAX];
  snprintf(waiting, sizeof waiting, "%s.waiting", slow);
  if (access(slow, F_OK) != 0) return;
  close(open(waiting, O_WRONLY | O_CREAT, 0600));
  while (access(slow, F_OK) == 0) usleep(10000);
}

int fsync(int descriptor) {
  const char* when = getenv("HANG_WHEN");
  const char* slow = getenv("SLOW_WHILE");
  struct stat about;
  while (when != NULL && access(when, F_OK) == 0) pause();
  if (slow != NULL && fstat(descriptor, &about) == 0 && S_ISDIR(about.st_mode)) wait_while(slow);
  return 0;
}
