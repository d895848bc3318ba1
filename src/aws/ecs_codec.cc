#include "aws/ecs_codec.h"

#include <fmt/core.h>
#include <simdjson.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "aws/ecs_records.h"
#include "aws/json_object.h"
#include "core/records.h"
#include "support/result.h"

namespace ecsd::aws {
namespace {

using simdjson::dom::element;
using support::ErrorKind;
using support::Fail;
using support::Result;

// Writes one JSON object of strings and lists of strings, which is all that our requests are.
class JsonWriter {
 public:
  JsonWriter& Text(std::string_view key, std::string_view text) {
    Key(key);
    String(text);
    return *this;
  }

  JsonWriter& Texts(std::string_view key, std::span<const std::string> texts) {
    Key(key);
    body_ += '[';
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (i > 0) body_ += ',';
      String(texts[i]);
    }
    body_ += ']';
    return *this;
  }

  JsonWriter& Token(const std::optional<std::string>& token) {
    if (token) Text("nextToken", *token);
    return *this;
  }

  [[nodiscard]] std::string Finish() { return std::move(body_) + "}"; }

 private:
  void Key(std::string_view key) {
    if (body_.size() > 1) body_ += ',';
    String(key);
    body_ += ':';
  }

  void String(std::string_view text) {
    body_ += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') {
        body_ += '\\';
        body_ += c;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        body_ += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
      } else {
        body_ += c;
      }
    }
    body_ += '"';
  }

  std::string body_ = "{";
};

tl::unexpected<support::Error> Malformed(std::string_view what) {
  return Fail(
      ErrorKind::kMalformed,
      fmt::format("the answer {}; is something between here and AWS (a proxy) answering instead?",
                  what));
}

// Parses an answer and gives its top-level object to `read`.
template <typename T, typename Read>
Result<T> Decode(const std::string& body, const Read& read) {
  simdjson::dom::parser parser;
  element document;
  if (parser.parse(body).get(document) != simdjson::SUCCESS || !document.is_object()) {
    return Malformed("is no JSON object");
  }
  JsonObject answer(document);
  return read(answer);
}

Result<ArnPage> DecodePage(const std::string& body, std::string_view list) {
  return Decode<ArnPage>(body, [&](JsonObject& answer) -> Result<ArnPage> {
    ArnPage page;
    bool strings_only = true;
    const bool found = answer.ForEach(list, [&](element entry) {
      std::string_view arn;
      strings_only = entry.get_string().get(arn) == simdjson::SUCCESS && strings_only;
      page.arns.emplace_back(arn);
    });
    if (auto token = answer.Text("nextToken"); !token.empty()) page.next_token = std::move(token);
    if (!found || !strings_only || !answer.well_formed()) {
      return Malformed(fmt::format("has no list of ARNs named {}", list));
    }
    return page;
  });
}

std::vector<Failure> ReadFailures(JsonObject& answer) {
  std::vector<Failure> failures;
  answer.ForEach("failures", [&](element entry) {
    JsonObject object(entry);
    Failure failure{.arn = object.Text("arn"),
                    .reason = object.Text("reason"),
                    .detail = object.Text("detail")};
    if (object.well_formed() && !failure.arn.empty()) failures.push_back(std::move(failure));
  });
  return failures;
}

template <typename T, typename ReadItem>
Result<Described<T>> DecodeDescribed(const std::string& body, std::string_view list,
                                     const ReadItem& read) {
  return Decode<Described<T>>(body, [&](JsonObject& answer) -> Result<Described<T>> {
    Described<T> described;
    const bool found = answer.ForEach(list, [&](element entry) {
      if (auto item = read(entry)) described.items.push_back(*std::move(item));
    });
    if (!found) return Malformed(fmt::format("has no list named {}", list));
    described.failures = ReadFailures(answer);
    return described;
  });
}

std::optional<Cluster> ReadCluster(element entry) {
  JsonObject object(entry);
  Cluster cluster{.arn = object.Text("clusterArn"),
                  .name = object.Text("clusterName"),
                  .status = object.Text("status")};
  if (!object.well_formed() || cluster.arn.empty()) return std::nullopt;
  return cluster;
}

}  // namespace

std::string EncodeListClusters(const std::optional<std::string>& token) {
  return JsonWriter().Token(token).Finish();
}

std::string EncodeDescribeClusters(std::span<const std::string> clusters) {
  return JsonWriter().Texts("clusters", clusters).Finish();
}

std::string EncodeListTasks(std::string_view cluster, const std::optional<std::string>& token) {
  return JsonWriter().Text("cluster", cluster).Token(token).Finish();
}

std::string EncodeDescribeTasks(std::string_view cluster, std::span<const std::string> arns) {
  return JsonWriter().Text("cluster", cluster).Texts("tasks", arns).Finish();
}

std::string EncodeDescribeTaskDefinition(std::string_view arn) {
  return JsonWriter().Text("taskDefinition", arn).Finish();
}

std::string EncodeDescribeContainerInstances(std::string_view cluster,
                                             std::span<const std::string> arns) {
  return JsonWriter().Text("cluster", cluster).Texts("containerInstances", arns).Finish();
}

Result<ArnPage> DecodeListClusters(const std::string& body) {
  return DecodePage(body, "clusterArns");
}

Result<ArnPage> DecodeListTasks(const std::string& body) {
  return DecodePage(body, "taskArns");
}

Result<Described<Cluster>> DecodeDescribeClusters(const std::string& body) {
  return DecodeDescribed<Cluster>(body, "clusters", ReadCluster);
}

Result<Described<core::Task>> DecodeDescribeTasks(const std::string& body) {
  return DecodeDescribed<core::Task>(body, "tasks", ReadTask);
}

Result<core::TaskDefinition> DecodeDescribeTaskDefinition(const std::string& body) {
  return Decode<core::TaskDefinition>(body, [](JsonObject& answer) -> Result<core::TaskDefinition> {
    const auto member = answer.Find("taskDefinition");
    auto definition = member ? ReadTaskDefinition(*member) : std::nullopt;
    if (!definition) return Malformed("has no well-formed taskDefinition");
    return *std::move(definition);
  });
}

Result<Described<core::ContainerInstance>> DecodeDescribeContainerInstances(
    const std::string& body) {
  return DecodeDescribed<core::ContainerInstance>(body, "containerInstances",
                                                  ReadContainerInstance);
}

}  // namespace ecsd::aws
