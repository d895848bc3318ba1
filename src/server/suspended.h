#pragma once

#include <microhttpd.h>

#include <memory>
#include <optional>
#include <set>

#include "server/suspend.h"
#include "support/mutex.h"
#include "support/thread_annotations.h"

namespace ecsd::server {

// The connections of a server whose request was put aside. Held by whoever may resume one, so that
// this may come after the end of the server. Any thread may call.
class Suspended : public std::enable_shared_from_this<Suspended> {
 public:
  // Puts the request of `connection` aside, whose handler is running; nothing after End.
  [[nodiscard]] std::optional<Resume> Add(MHD_Connection* connection) ECSD_EXCLUDES(mutex_);

  // Resumes all, and lets none be added; libmicrohttpd must not be stopped before.
  void End() ECSD_EXCLUDES(mutex_);

 private:
  void Continue(MHD_Connection* connection) ECSD_EXCLUDES(mutex_);

  support::Mutex mutex_;
  std::set<MHD_Connection*> connections_ ECSD_GUARDED_BY(mutex_);
  bool ended_ ECSD_GUARDED_BY(mutex_) = false;
};

}  // namespace ecsd::server
