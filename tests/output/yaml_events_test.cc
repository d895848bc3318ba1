#include "output/yaml_events.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "support/result.h"

namespace ecsd::output {
namespace {

using support::Result;

// The events of `text` in short: [ and { begin, ! ends, 'x' is a scalar, * an alias.
std::string Events(std::string_view text, YamlEvents::Limits limits = {}) {
  YamlEvents events(
      [text](std::span<char> room) mutable -> Result<std::size_t> {
        const auto now = text.substr(0, room.size());
        std::ranges::copy(now, room.begin());
        text.remove_prefix(now.size());
        return now.size();
      },
      limits);
  std::string words;
  for (auto event = events.Next(); event.kind != YamlEvent::Kind::kEnd; event = events.Next()) {
    switch (event.kind) {
      case YamlEvent::Kind::kScalar:
        words += '\'' + event.text + '\'';
        break;
      case YamlEvent::Kind::kAlias:
        words += '*';
        break;
      case YamlEvent::Kind::kSequence:
        words += event.flow ? "f[" : "[";
        break;
      case YamlEvent::Kind::kMapping:
        words += '{';
        break;
      case YamlEvent::Kind::kClose:
        words += '!';
        break;
      case YamlEvent::Kind::kEnd:
      case YamlEvent::Kind::kBroken:
        return words + ' ' + event.text;
    }
  }
  return words;
}

TEST(YamlEventsTest, AreTheSameForYamlAndJson) {
  EXPECT_EQ(Events("- a: b\n  c: [d]\n- &x e\n- *x\n"), "[{'a''b''c'f['d'!!'e'*!");
  EXPECT_EQ(Events(R"([{"a":"b","c":["d"]}])"), "f[{'a''b''c'f['d'!!!");
  EXPECT_EQ(Events(""), "");
}

TEST(YamlEventsTest, EndAtTheFirstOfTheLimits) {
  EXPECT_EQ(Events("[[a]]", {.levels = 2}), "f[f['a'!!");
  EXPECT_TRUE(Events("[[[a]]]", {.levels = 2}).ends_with("more than 2 levels"));
  const std::string longer(3000, 'x');
  EXPECT_EQ(Events("- " + longer + "\n", {.value = 4000}), "['" + longer + "'!");
  EXPECT_EQ(Events("- " + longer + "\n", {.value = 1000}),
            "[ line 1: more than 1000 bytes without an end");
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "- x\n";
  EXPECT_TRUE(Events(many, {.total = 2000}).ends_with(": there are more than 2000 bytes"));
}

}  // namespace
}  // namespace ecsd::output
