/* Preloaded into the program, this makes fsync hang for ever, as a dead network file system does,
   once the file named by HANG_WHEN exists. */
#include <stdlib.h>
#include <unistd.h>

int fsync(int descriptor) {
  const char* when = getenv("HANG_WHEN");
  (void)descriptor;
  while (when != NULL && access(when, F_OK) == 0) pause();
  return 0;
}
