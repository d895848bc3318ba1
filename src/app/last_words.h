#pragma once

#include "telemetry/log.h"

namespace ecsd::app {

// Makes the two ends that nothing can be done about ends with one line on standard error, in the
// form of the log, instead of a signal and a core dump:
//   - memory that the system does not give (operator new): kExitResource;
//   - an exception that no thread catches; the line names it: kExitFailed.
// The output file is whole or as before in both cases, for it is replaced in one step; what was
// being written beside it is removed by the next start. C libraries (libcurl, SQLite, zlib,
// GnuTLS, pugixml) report missing memory as errors of their own, which are handled as such.
//
// For the top of main(), before other threads; called again it changes the form.
void InstallLastWords(telemetry::LogFormat format);

}  // namespace ecsd::app
