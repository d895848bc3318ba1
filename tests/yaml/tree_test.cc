#include "yaml/tree.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "yaml/events.h"

namespace ecsd::yaml {
namespace {

using Kind = Node::Kind;

Node Tree(std::string_view text) {
  const auto tree = Parse(text);
  EXPECT_TRUE(tree.has_value()) << tree.error().text;
  return tree.value_or(Node{});
}

// "LINE:COLUMN text".
std::string ProblemOf(std::string_view text, const TreeLimits& limits = {}) {
  const auto tree = Parse(text, limits);
  if (tree) return "none";
  const auto& [at, why] = tree.error();
  return std::to_string(at.line) + ':' + std::to_string(at.column) + ' ' + why;
}

TEST(ParseTest, KeepsTheOrderAndThePlaceOfKeysAndValues) {
  const auto root = Tree("b:\n  - 1\n  - \"2\"\na: {c: ~}\n");
  ASSERT_EQ(root.kind, Kind::kMapping);
  EXPECT_EQ(root.at, (Position{.line = 1, .column = 1}));
  ASSERT_EQ(root.members.size(), 2U);

  const auto& list = root.members[0];
  EXPECT_EQ(list.key, "b");
  EXPECT_EQ(list.at, (Position{.line = 1, .column = 1}));
  ASSERT_EQ(list.value.items.size(), 2U);
  EXPECT_EQ(list.value.at, (Position{.line = 2, .column = 3}));
  EXPECT_EQ(list.value.items[1].text, "2");
  EXPECT_TRUE(list.value.items[1].quoted);
  EXPECT_EQ(list.value.items[1].at, (Position{.line = 3, .column = 5}));

  const auto& mapping = root.members[1];
  EXPECT_EQ(mapping.at, (Position{.line = 4, .column = 1}));
  ASSERT_EQ(mapping.value.members.size(), 1U);
  EXPECT_EQ(mapping.value.members[0].at, (Position{.line = 4, .column = 5}));
  EXPECT_EQ(mapping.value.members[0].value.kind, Kind::kNull);
  EXPECT_EQ(mapping.value.members[0].value.at, (Position{.line = 4, .column = 8}));
}

TEST(ParseTest, TakesUnquotedNothingForNull) {
  for (const std::string_view text : {"", "# nothing\n", "---\n", "~", "null", "--- # x\n...\n"}) {
    EXPECT_EQ(Tree(text).kind, Kind::kNull) << text;
  }
  for (const std::string_view text : {"''", "\"null\"", "'~'", "Null", "|\n"}) {
    EXPECT_EQ(Tree(text).kind, Kind::kScalar) << text;
  }
}

TEST(ParseTest, RefusesAKeyThatIsThereTwice) {
  EXPECT_EQ(ProblemOf("a: 1\nb:\n  c: 1\n  d: 2\n  'c': 3\n"), "5:3 key \"c\" is there twice");
  EXPECT_EQ(ProblemOf("a: {x: 1}\nb: {x: 1}\n"), "none");
  const std::string longer(100, 'k');
  const auto problem = ProblemOf(longer + ": 1\n" + longer + ": 2\n");
  EXPECT_LT(problem.size(), longer.size());
}

TEST(ParseTest, RefusesAnchorsAliasesAndTags) {
  const std::string aliases = "anchors and aliases are not supported; write the value out";
  const std::string tags = "anchors and tags are not supported; write the value out";
  EXPECT_EQ(ProblemOf("a: &x {b: 1}\n"), "1:4 " + aliases);
  EXPECT_EQ(ProblemOf("a: &x [b]\n"), "1:4 " + aliases);
  EXPECT_EQ(ProblemOf("- *x\n"), "1:3 " + aliases);
  EXPECT_EQ(ProblemOf("a: &x 1\n"), "1:4 " + tags);
  EXPECT_EQ(ProblemOf("a: !!str 1\n"), "1:4 " + tags);
  EXPECT_EQ(ProblemOf("!k a: 1\n"), "1:1 " + tags);
  EXPECT_EQ(ProblemOf("a: !!map {}\n"), "1:4 " + tags);
  EXPECT_EQ(ProblemOf("a: !own [b]\n"), "1:4 " + tags);
  EXPECT_EQ(Tree("<<: 1\n").members.at(0).key, "<<");
}

TEST(ParseTest, RefusesKeysThatAreNoText) {
  EXPECT_EQ(ProblemOf("? [a]\n: b\n"), "1:3 a key must be text");
  EXPECT_EQ(ProblemOf("*x : b\n"), "1:1 a key must be text");
}

TEST(ParseTest, SaysWhereItIsNoYaml) {
  EXPECT_EQ(ProblemOf("a: b\n  c: d\n"),
            "2:4 is no YAML: mapping values are not allowed in this context");
  EXPECT_EQ(ProblemOf("a: [b"), "2:1 is no YAML: did not find expected ',' or ']'");
  EXPECT_EQ(ProblemOf("a: 1\n---\nb: 1\n"), "2:1 more than one document");
  EXPECT_EQ(ProblemOf("a\n... x\n"), "2:5 is no YAML: did not find expected <document start>");
  // Bytes are decoded ahead of what is read from them.
  EXPECT_EQ(ProblemOf("a: 1\nb: \xff\n"), "1:1 is no YAML: invalid leading UTF-8 octet");
}

TEST(ParseTest, TakesNoMoreThanItsLimits) {
  const auto nested = [](std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
  };
  EXPECT_EQ(ProblemOf(nested(3), {.levels = 2}), "none");
  EXPECT_EQ(ProblemOf(nested(4), {.levels = 2}), "1:4 is nested too deeply");
  EXPECT_EQ(ProblemOf(nested(5000)), "1:18 is nested too deeply");
  EXPECT_EQ(ProblemOf("[a, b]", {.nodes = 3}), "none");
  EXPECT_EQ(ProblemOf("[a, b, c]", {.nodes = 3}), "1:8 has more than 3 values");
  EXPECT_EQ(ProblemOf("abc", {.bytes = 3}), "none");
  EXPECT_EQ(ProblemOf("abcd", {.bytes = 3}), "1:1 is larger than 3 bytes");
}

}  // namespace
}  // namespace ecsd::yaml
