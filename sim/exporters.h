#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "support/result.h"

namespace ecsd::sim {

// A container's metrics as they are really reachable.
struct Exporter {
  std::string address;  // in 127.0.0.0/8
  std::uint16_t port = 0;
  std::string path;
  std::string cluster;
  std::string task;
  std::string container;
};

// Serves each exporter's metrics at exactly its address, port and path; any other path is 404. One
// thread of its own for all of them.
class ExporterServer {
 public:
  // Fails with kIo, naming the address, when one cannot be listened at; then none is.
  [[nodiscard]] static support::Result<std::unique_ptr<ExporterServer>> Start(
      std::vector<Exporter> exporters);

  ~ExporterServer();
  ExporterServer(const ExporterServer&) = delete;
  ExporterServer& operator=(const ExporterServer&) = delete;

  [[nodiscard]] std::size_t size() const;

 private:
  class Loop;
  explicit ExporterServer(std::unique_ptr<Loop> loop);

  std::unique_ptr<Loop> loop_;
};

}  // namespace ecsd::sim
