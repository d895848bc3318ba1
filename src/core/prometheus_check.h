#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/selection.h"
#include "core/target.h"

namespace ecsd::core {

// Why Prometheus never scrapes a target, though it reads the file.
struct PrometheusRefusal {
  enum class Part : std::uint8_t { kAddress, kScheme };

  Part part = Part::kAddress;
  std::string
      why;  // for people: `scheme "https " is neither http nor https, so every scrape fails`
  friend bool operator==(const PrometheusRefusal&, const PrometheusRefusal&) = default;
};

// Whether Prometheus drops a target with this address (HOST:PORT) and this scheme (empty: that of
// the scrape configuration), or fails every scrape of it before anything is looked up or sent;
// nothing when it tries. It drops an address with a '/' (prometheus, config.CheckTargetAddress);
// the scrape fails for what is no URL of http or https (Go, net/url and net/http), and for a host
// that is neither an IP address nor a name that DNS can have (Go, net, isDomainName). A host with
// characters beyond ASCII is let through, since it is encoded first. Pure.
[[nodiscard]] std::optional<PrometheusRefusal> WhyPrometheusRefuses(std::string_view address,
                                                                    std::string_view scheme);

// The same of a target.
[[nodiscard]] std::optional<PrometheusRefusal> WhyPrometheusRefuses(const Target& target);

// What to change so that Prometheus takes the target.
[[nodiscard]] std::string ChangeFor(const PrometheusRefusal& refusal, const Selection& selection);

}  // namespace ecsd::core
