#include "yaml/events.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/result.h"

namespace ecsd::yaml {
namespace {

using support::Result;

// The events of `text` in short: [ and { begin, ! ends, 'x' is a scalar, * an alias.
std::string InShort(std::string_view text, Events::Limits limits = {}) {
  Events events(
      [text](std::span<char> room) mutable -> Result<std::size_t> {
        const auto now = text.substr(0, room.size());
        std::ranges::copy(now, room.begin());
        text.remove_prefix(now.size());
        return now.size();
      },
      limits);
  std::string words;
  for (auto event = events.Next(); event.kind != Event::Kind::kEnd; event = events.Next()) {
    switch (event.kind) {
      case Event::Kind::kScalar:
        words += '\'' + event.text + '\'';
        break;
      case Event::Kind::kAlias:
        words += '*';
        break;
      case Event::Kind::kSequence:
        words += event.flow ? "f[" : "[";
        break;
      case Event::Kind::kMapping:
        words += '{';
        break;
      case Event::Kind::kClose:
        words += '!';
        break;
      case Event::Kind::kEnd:
      case Event::Kind::kBroken:
        return words + " line " + std::to_string(event.at.line) + ": " + event.text;
    }
  }
  return words;
}

// The events of `text`, without the end.
std::vector<Event> AllOf(std::string_view text) {
  Events events([text](std::span<char> room) mutable -> Result<std::size_t> {
    const auto now = text.substr(0, room.size());
    std::ranges::copy(now, room.begin());
    text.remove_prefix(now.size());
    return now.size();
  });
  std::vector<Event> all;
  for (auto event = events.Next(); event.kind != Event::Kind::kEnd; event = events.Next()) {
    all.push_back(event);
    if (event.kind == Event::Kind::kBroken) break;
  }
  return all;
}

TEST(EventsTest, AreTheSameForYamlAndJson) {
  EXPECT_EQ(InShort("- a: b\n  c: [d]\n- &x e\n- *x\n"), "[{'a''b''c'f['d'!!'e'*!");
  EXPECT_EQ(InShort(R"([{"a":"b","c":["d"]}])"), "f[{'a''b''c'f['d'!!!");
  EXPECT_EQ(InShort(""), "");
}

TEST(EventsTest, EndAtTheFirstOfTheLimits) {
  EXPECT_EQ(InShort("[[a]]", {.levels = 2}), "f[f['a'!!");
  EXPECT_TRUE(InShort("[[[a]]]", {.levels = 2}).ends_with("more than 2 levels"));
  const std::string longer(3000, 'x');
  EXPECT_EQ(InShort("- " + longer + "\n", {.value = 4000}), "['" + longer + "'!");
  EXPECT_EQ(InShort("- " + longer + "\n", {.value = 1000}),
            "[ line 1: more than 1000 bytes without an end");
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "- x\n";
  EXPECT_TRUE(InShort(many, {.total = 2000}).ends_with(": there are more than 2000 bytes"));
}

TEST(EventsTest, KnowTheirPlaceAndWhatWasWrittenBesideTheText) {
  const auto events = AllOf("- &n \xC3\xA9: !!str 'x'\n- b\n");
  ASSERT_EQ(events.size(), 7U);
  EXPECT_EQ(events[0].at, (Position{.line = 1, .column = 1}));
  EXPECT_EQ(events[1].kind, Event::Kind::kMapping);
  EXPECT_TRUE(events[2].anchored);
  EXPECT_FALSE(events[2].tagged);
  EXPECT_FALSE(events[2].quoted);
  EXPECT_EQ(events[3].at, (Position{.line = 1, .column = 9}));
  EXPECT_TRUE(events[3].tagged);
  EXPECT_TRUE(events[3].quoted);
  EXPECT_EQ(events[5].at, (Position{.line = 2, .column = 3}));
}

TEST(EventsTest, SayWhyAndWhereTheyBreakOff) {
  const auto broken = [](std::string_view text) { return AllOf(text).back(); };
  EXPECT_EQ(broken("a: [b\n").cause, Event::Cause::kSyntax);
  EXPECT_EQ(broken("a\n---\nb\n").cause, Event::Cause::kDocuments);
  EXPECT_EQ(broken("a\n---\nb\n").at, (Position{.line = 2, .column = 1}));
  EXPECT_EQ(broken("a: 1\nb: \xff\n").cause, Event::Cause::kSyntax);
  EXPECT_EQ(broken("[[[[[[[[[[[[[[[[[").cause, Event::Cause::kLimit);
  EXPECT_EQ(broken("[[[[[[[[[[[[[[[[[").at, (Position{.line = 1, .column = 17}));
}

}  // namespace
}  // namespace ecsd::yaml
