/* Preloaded into the program, this sends it a SIGHUP before its main() begins, while its libraries
   are set up. */
#include <signal.h>
#include <unistd.h>

__attribute__((constructor)) static void hang_up(void) {
  kill(getpid(), SIGHUP);
}
