#pragma once

#include <functional>
#include <optional>

namespace ecsd::server {

// Lets a request that was put aside go on: it is handled once more, from the start. To be called
// once. Any thread may call; after the server has ended it does nothing.
using Resume = std::function<void()>;

// Puts the request that is being handled aside, so that the thread serves others. Nothing when the
// server is ending. Who calls it gives no response now and sees to it that Resume is called.
using Suspend = std::function<std::optional<Resume>()>;

}  // namespace ecsd::server
