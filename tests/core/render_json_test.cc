#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/render.h"
#include "core/target.h"

namespace ecsd::core {
namespace {

using nlohmann::json;

Target At(std::string address, std::string_view label = {}, const std::string& value = "") {
  Target target;
  target.address = std::move(address);
  if (!label.empty()) target.labels.Set(label, value);
  return target;
}

// The job label of the one group in a rendered file, as the file spells it.
std::string Spelling(std::string_view job) {
  const std::vector<Target> targets = {At("a:1", kJobLabel, std::string(job))};
  const std::string text = RenderJson(targets);
  const std::string_view before = "[\n  {\"targets\":[\"a:1\"],\"labels\":{\"job\":\"";
  const std::string_view after = "\"}}\n]\n";
  EXPECT_TRUE(text.starts_with(before) && text.ends_with(after)) << text;
  return text.substr(before.size(), text.size() - before.size() - after.size());
}

TEST(RenderJsonTest, WritesOneGroupPerLine) {
  Target first = At("10.0.0.1:9090", kTaskArnLabel, "arn:x");
  first.labels.Set("task_revision", "7");
  const std::vector<Target> targets = {first, At("[2001:db8::1]:9090"),
                                       At("10.0.0.1:9090", kMetricsPathLabel, "/m")};

  EXPECT_EQ(RenderJson(targets),
            "[\n"
            "  {\"targets\":[\"10.0.0.1:9090\"],\"labels\":{\"task_arn\":\"arn:x\","
            "\"task_revision\":\"7\"}},\n"
            "  {\"targets\":[\"[2001:db8::1]:9090\"],\"labels\":{}},\n"
            "  {\"targets\":[\"10.0.0.1:9090\"],\"labels\":{\"__metrics_path__\":\"/m\"}}\n"
            "]\n");
}

TEST(RenderJsonTest, WritesAnEmptyListForNoTarget) {
  EXPECT_EQ(RenderJson({}), "[]\n");
}

TEST(RenderJsonTest, EscapesWhatAReaderCouldTripOver) {
  EXPECT_EQ(Spelling("a\"b\\c"), "a\\\"b\\\\c");
  EXPECT_EQ(Spelling("\n\r\t"), "\\n\\r\\t");
  EXPECT_EQ(Spelling(std::string_view("\0\x1F\x7F", 3)), "\\u0000\\u001f\\u007f");
  EXPECT_EQ(Spelling("\xC2\x85\xE2\x80\xA8\xE2\x80\xA9"), "\\u0085\\u2028\\u2029");
  EXPECT_EQ(Spelling("\xEF\xBB\xBF\xEF\xBF\xBE\xEF\xBF\xBF"), "\\ufeff\\ufffe\\uffff");
  EXPECT_EQ(Spelling("caf\xC3\xA9 \xF0\x9F\x90\xB3 /<>&"), "caf\xC3\xA9 \xF0\x9F\x90\xB3 /<>&");
}

TEST(RenderJsonTest, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(Spelling("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(Spelling("\xE2\x82"), "\xEF\xBF\xBD");
}

TEST(RenderJsonTest, IsReadBackTheSameForRandomText) {
  std::mt19937 random(20240229);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same test every time
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    const std::size_t length = 1 + (random() % 40);
    for (std::size_t i = 0; i < length; ++i) text += static_cast<char>(random() % 0x80);
    const std::vector<Target> targets = {At(text, kSchemeLabel, text)};

    const std::string rendered = RenderJson(targets);

    EXPECT_EQ(std::ranges::count(rendered, '\n'), 3);
    EXPECT_EQ(json::parse(rendered),
              json::array({{{"targets", {text}}, {"labels", {{"__scheme__", text}}}}}));
  }
}

}  // namespace
}  // namespace ecsd::core
