#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/transport.h"
#include "support/result.h"

namespace ecsd::test {

using Reply = support::Result<http::Response>;

// A transport without a network. Calls are known by signing name and action, such as "ecs
// ListTasks" or "(not signed) AssumeRoleWithWebIdentity"; what is no POST, by method and URL, such
// as "GET http://169.254.169.254/latest/...". Each takes the next reply that was queued for it,
// else what its handler makes; one with neither fails the test. Any thread may call.
class FakeTransport final : public http::HttpTransport {
 public:
  using Handler = std::function<Reply(const http::Request& request)>;

  // Queues a reply to one call.
  FakeTransport& Queue(std::string_view call, Reply reply) {
    const std::scoped_lock lock(mutex_);
    queues_[std::string(call)].push_back(std::move(reply));
    return *this;
  }

  // Answers every call for which nothing is queued. `handler` may be called by several threads.
  FakeTransport& Handle(std::string_view call, Handler handler) {
    const std::scoped_lock lock(mutex_);
    handlers_[std::string(call)] = std::move(handler);
    return *this;
  }

  FakeTransport& Always(std::string_view call, const Reply& reply) {
    return Handle(call, [reply](const http::Request&) { return reply; });
  }

  // What was asked so far, in order.
  [[nodiscard]] std::vector<http::Request> requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
  }
  [[nodiscard]] std::vector<std::string> calls() const {
    const std::scoped_lock lock(mutex_);
    return calls_;
  }
  [[nodiscard]] std::size_t CountOf(std::string_view call) const {
    const std::scoped_lock lock(mutex_);
    return static_cast<std::size_t>(std::ranges::count(calls_, call));
  }
  // The bodies of the calls `call`, in order.
  [[nodiscard]] std::vector<std::string> BodiesOf(std::string_view call) const {
    const std::scoped_lock lock(mutex_);
    std::vector<std::string> bodies;
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      if (calls_[i] == call) bodies.push_back(requests_[i].body);
    }
    return bodies;
  }

 private:
  [[nodiscard]] Reply Send(const http::Request& request, const std::stop_token& stop) override {
    const auto call = CallOf(request);
    Handler handler;
    {
      const std::scoped_lock lock(mutex_);
      calls_.push_back(call);
      requests_.push_back(request);
      if (stop.stop_requested()) return support::Fail(support::ErrorKind::kCancelled, "stopped");
      if (auto& queue = queues_[call]; !queue.empty()) {
        auto reply = std::move(queue.front());
        queue.pop_front();
        return reply;
      }
      if (const auto found = handlers_.find(call); found != handlers_.end())
        handler = found->second;
    }
    if (handler) return handler(request);
    ADD_FAILURE() << "no reply is scripted for the call \"" << call << "\"";
    return support::Fail(support::ErrorKind::kRejected, "no reply is scripted for " + call);
  }

  static std::string CallOf(const http::Request& request) {
    if (request.method == http::Method::kGet) return "GET " + request.url;
    if (request.method == http::Method::kPut) return "PUT " + request.url;
    const auto service =
        request.signature ? request.signature->service : std::string("(not signed)");
    return service + ' ' + ActionOf(request);
  }

  static std::string ActionOf(const http::Request& request) {
    constexpr std::string_view kTarget = "X-Amz-Target: ";
    constexpr std::string_view kAction = "Action=";
    for (const auto& header : request.headers) {
      if (header.starts_with(kTarget)) return header.substr(header.rfind('.') + 1);
    }
    const auto at = request.body.find(kAction);
    if (at == std::string::npos) return "(no action)";
    const auto from = at + kAction.size();
    return request.body.substr(from, request.body.find('&', from) - from);
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::deque<Reply>> queues_;
  std::map<std::string, Handler> handlers_;
  std::vector<std::string> calls_;
  std::vector<http::Request> requests_;
};

}  // namespace ecsd::test
