#include "server/suspended.h"

#include <microhttpd.h>

#include <optional>

#include "server/suspend.h"
#include "support/mutex.h"

namespace ecsd::server {

std::optional<Resume> Suspended::Add(MHD_Connection* connection) {
  const support::MutexLock lock(mutex_);
  if (ended_) return std::nullopt;
  connections_.insert(connection);
  MHD_suspend_connection(connection);
  return [self = shared_from_this(), connection] { self->Continue(connection); };
}

void Suspended::Continue(MHD_Connection* connection) {
  const support::MutexLock lock(mutex_);
  if (connections_.erase(connection) > 0) MHD_resume_connection(connection);
}

void Suspended::End() {
  const support::MutexLock lock(mutex_);
  ended_ = true;
  for (auto* connection : connections_) MHD_resume_connection(connection);
  connections_.clear();
}

}  // namespace ecsd::server
