// SPDX-License-Identifier: MIT
// The YAML tree: places, aliases, merge keys, limits; and what scalars mean.
#include "problem/formats/yaml_document.hpp"

#include <cmath>

#include "problem/problem_testing.hpp"

namespace entente {
namespace {

YamlDocument document(std::string_view text) { return YamlDocument::parse(text, "f.yaml"); }
void expect_parse_error(std::string_view text, const std::vector<std::string>& parts) {
  expect_error([&] { document(text); }, parts);
}

TEST(YamlDocument, every_node_knows_its_line_and_column) {
  const YamlDocument parsed = document("a: 1\nb:\n  - x\n  - 'quoted'\nc: {d: 2}\n");
  const YamlNode root = parsed.root();
  ASSERT_TRUE(root.is_map());
  EXPECT_EQ(root.find("a")->place().column, 4u);
  const YamlNode list = *root.find("b");
  std::vector<std::uint32_t> lines;
  for (const YamlNode item : list.items()) lines.push_back(item.line());
  EXPECT_EQ(lines, (std::vector<std::uint32_t>{3, 4}));
  EXPECT_EQ(root.find("c")->find("d")->place("k").to_text(), "f.yaml:5:8: k");
  EXPECT_FALSE(root.find("nothing"));
}

TEST(YamlDocument, the_text_of_a_scalar_has_a_place_of_its_own) {
  const YamlDocument parsed = document("größe: |\n    if\n  # end\nplain: x\nquoted: 'y'\n");
  EXPECT_EQ(parsed.root().find("größe")->text_place().to_text(), "f.yaml:2:5");
  EXPECT_EQ(parsed.root().find("plain")->text_place().to_text(), "f.yaml:4:8");
  EXPECT_EQ(parsed.root().find("quoted")->text_place().to_text(), "f.yaml:5:10");
}

TEST(YamlDocument, aliases_stand_for_the_node_of_their_anchor) {
  const YamlDocument parsed = document("a: &n [1, 2]\nb: *n\nc: &k key\n*k : *n\n");
  EXPECT_EQ(parsed.root().find("b")->size(), 2u);
  EXPECT_EQ(parsed.root().find("key")->flow_text(), "[1, 2]");
}

TEST(YamlDocument, merge_keys_add_what_is_not_given) {
  const YamlDocument parsed = document(
      "base: &b {x: 1, y: 2}\nmore: &m {y: 3, z: 4}\n"
      "one: {<<: *b, y: 9}\ntwo: {p: 0, <<: [*b, *m]}\nonly:\n  <<: *b\nempty: {<<: []}\n");
  EXPECT_EQ(parsed.root().find("one")->flow_text(), "{y: 9, x: 1}");
  EXPECT_EQ(parsed.root().find("two")->flow_text(), "{p: 0, x: 1, y: 2, z: 4}");
  EXPECT_EQ(parsed.root().find("only")->flow_text(), "{x: 1, y: 2}");
  EXPECT_EQ(parsed.root().find("only")->size(), 2u);
  EXPECT_EQ(parsed.root().find("empty")->size(), 0u);
  expect_parse_error("a: {<<: 3}\n", {"f.yaml:1:9", "merges maps"});
}

TEST(YamlDocument, a_merged_map_can_be_merged_again) {
  const YamlDocument parsed = document("a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b}\n");
  EXPECT_EQ(parsed.root().find("c")->flow_text(), "{y: 2, x: 1}");
}

TEST(YamlDocument, a_key_given_twice_is_an_error_that_names_both_lines) {
  expect_parse_error("a: 1\nb: 2\na: 3\n", {"f.yaml:3:1", "key a", "line 1"});
  std::string many;
  for (int i = 0; i < 100; ++i) many += "k" + std::to_string(i) + ": 0\n";
  EXPECT_EQ(document(many).root().size(), 100u);
  expect_parse_error(many + "k40: 1\n", {"f.yaml:101:1", "k40", "line 41"});
  expect_parse_error("a: 1\n\"a\": 3\n", {"f.yaml:2:1", "line 1"});
}

TEST(YamlDocument, what_is_no_single_document_of_text_is_refused) {
  expect_parse_error("", {"f.yaml", "empty"});
  expect_parse_error("# nothing\n\n", {"f.yaml", "empty"});
  expect_parse_error("a: 1\n---\nb: 2\n", {"f.yaml:2", "second YAML document"});
  expect_parse_error("a: [1, 2}\n", {"f.yaml:1", "syntax"});
  expect_parse_error("a:\n\tb: 1\n", {"f.yaml:2", "tab"});
  expect_parse_error("a: \"open\n", {"f.yaml", "line 1"});
  expect_parse_error(std::string_view("a: 1\nb: \0c\n", 11), {"f.yaml:2", "U+0000", "byte 8"});
  expect_parse_error("a: \x1b[31m\n", {"f.yaml:1", "U+001B"});
  expect_parse_error("a: 1\nb: \xff\n", {"f.yaml:2", "UTF-8", "0xff", "byte 8"});
  expect_parse_error("a: \xc0\xaf\n", {"UTF-8"});          // overlong
  expect_parse_error("a: \xed\xa0\x80\n", {"UTF-8"});      // half of a surrogate pair
  expect_parse_error("a: \xf4\x90\x80\x80\n", {"UTF-8"});  // beyond U+10FFFF
  expect_parse_error("a: \xe2\x82", {"UTF-8"});            // cut off
  expect_parse_error(std::string_view("\xff\xfe"
                                      "a\0",
                                      4),
                     {"UTF-16"});
}

TEST(YamlDocument, a_byte_order_mark_and_carriage_returns_change_nothing) {
  const YamlDocument parsed = document(
      "\xef\xbb\xbf"
      "a: |\r\n  x\r\n  y\r\nb: 2\r\n");
  EXPECT_EQ(parsed.root().find("a")->text(), "x\ny\n");
  EXPECT_EQ(parsed.root().find("b")->line(), 4u);
}

TEST(YamlDocument, hostile_documents_end_in_an_error) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int k = 0; k < 9; ++k) bomb += ", " + before;
    bomb += "]\n";
  }
  expect_parse_error(bomb, {"f.yaml", "too much"});
  expect_parse_error("a: &a\n  b: *a\n", {"f.yaml:2:6", "*a", "inside"});
  expect_parse_error("a: *none\n", {"f.yaml:1:4", "*none"});
  expect_parse_error(std::string(200000, '['), {"f.yaml:1:101", "deeper than 100"});
  std::string steps = "x:\n";
  for (int i = 1; i < 2000; ++i) steps += std::string(static_cast<std::size_t>(i), ' ') + "-\n";
  expect_parse_error(steps, {"deeper than 100"});
  expect_parse_error("? [a]\n: 1\n", {"f.yaml:1:3", "single text"});
  expect_parse_error("? {a: 1}\n: 1\n", {"single text"});
}

TEST(YamlDocument, merging_a_large_map_many_times_is_refused) {
  std::string text = "base: &b {";
  for (int i = 0; i < 5000; ++i) text += "k" + std::to_string(i) + ": 0, ";
  text += "}\n";
  for (int i = 0; i < 5000; ++i) text += "m" + std::to_string(i) + ": {<<: *b}\n";
  expect_parse_error(text, {"too much"});
}

TEST(YamlDocument, tags_choose_a_type_and_never_run_anything) {
  const YamlDocument parsed = document("a: !!str 5\nb: ! 6\nc: !!int 7\nd: !!float 8\ne: !!int '9'\nf: !!map {x: 1}\n");
  EXPECT_EQ(parsed.root().find("a")->resolve().kind, ScalarKind::text);
  EXPECT_EQ(parsed.root().find("b")->resolve().kind, ScalarKind::text);
  EXPECT_EQ(parsed.root().find("c")->resolve().kind, ScalarKind::integer);
  EXPECT_EQ(parsed.root().find("e")->resolve().kind, ScalarKind::integer);
  expect_parse_error("a: !!python/object/apply:os.system ['true']\n", {"f.yaml:1:4", "!!python/object/apply"});
  expect_parse_error("a: !mine x\n", {"f.yaml:1:4", "!mine"});
  expect_parse_error("a: !!int x\n", {"x", "!!int"});
  expect_parse_error("a: !!list [1]\n", {"!!list"});
}

TEST(YamlScalar, plain_scalars_mean_what_yaml_1_2_says) {
  const auto kind = [](const char* text) { return resolve_core(text).kind; };
  for (const char* text : {"", "~", "null", "Null", "NULL"}) EXPECT_EQ(kind(text), ScalarKind::null) << text;
  for (const char* text : {"true", "True", "TRUE", "false"}) EXPECT_EQ(kind(text), ScalarKind::boolean) << text;
  for (const char* text :
       {"yes", "no", "on", "off", "y",   "n",   "tRUE", "nULL", "0x",    "0xg", "1_000", "1:30",  "1 2",  "+",
        "-",   ".",  "e3", "1e",  "1e+", "--1", "0b1",  ".5.",  "-0x10", "inf", "nan",   "1.2.3", "-.nan"})
    EXPECT_EQ(kind(text), ScalarKind::text) << text;
  const auto integer = [](const char* text) { return std::get<std::int64_t>(resolve_core(text).value); };
  EXPECT_EQ(integer("010"), 10);
  EXPECT_EQ(integer("0o10"), 8);
  EXPECT_EQ(integer("0x10"), 16);
  EXPECT_EQ(integer("+7"), 7);
  EXPECT_EQ(integer("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(kind("9223372036854775808"), ScalarKind::large_integer);
  EXPECT_EQ(resolve_core("-100000000000000000000").number(), -1e20);
  const auto real = [](const char* text) { return std::get<double>(resolve_core(text).value); };
  EXPECT_EQ(real("1e3"), 1000);
  EXPECT_EQ(real("1.0e+2"), 100);
  EXPECT_EQ(real("-.5"), -0.5);
  EXPECT_EQ(real("5."), 5);
  EXPECT_EQ(real("+0.1"), 0.1);
  EXPECT_TRUE(std::isinf(real(".inf")) && real("-.INF") < 0 && std::isnan(real(".NaN")));
  EXPECT_TRUE(std::isinf(real("1e999")) && real("1e-999") == 0);
}

TEST(YamlScalar, written_texts_read_back_as_the_same_text) {
  for (const std::string text :
       {"plain",         "",         "1",           "true",         "null",         "yes",      "a b",
        "it's",          "\"q\"",    "back\\slash", "# no comment", "a: b",         "- item",   "[x]",
        "{y}",           "*a",       "&a",          "!t",           "%d",           "@",        "`",
        "line\nbreak\n", "tab\t",    "\x01\x7f",    "ümlaut",       "\xe2\x80\xa8", "\xc2\x85", "\xef\xbb\xbf",
        "日本",          " blanks ", "---",         "..."}) {
    const YamlDocument parsed = document("k: " + yaml_text(text) + "\n");
    EXPECT_EQ(parsed.root().find("k")->text(), text);
    EXPECT_EQ(parsed.root().find("k")->resolve().kind, ScalarKind::text) << text;
  }
}

TEST(YamlScalar, written_values_read_back_as_the_same_value) {
  for (const Value& value : {Value(true), Value(std::int64_t(-3)), Value(2.0), Value(0.1), Value(1e300), Value(-1e-7),
                             Value(HUGE_VAL), Value(std::string("2.0")), Value(-0.0)}) {
    const YamlDocument parsed = document("k: " + yaml_value(value) + "\n");
    EXPECT_EQ(parsed.root().find("k")->resolve().value, value) << yaml_value(value);
  }
}

TEST(YamlNode, a_node_is_written_as_flow_text_that_reads_back_the_same) {
  const YamlDocument parsed = document("k:\n  - a: 1\n    'b c': [x, '2', null]\n  - |\n    two\n    lines\n  - {}\n");
  const std::string flow = parsed.root().find("k")->flow_text();
  EXPECT_EQ(flow, R"([{a: 1, "b c": [x, "2", null]}, "two\nlines\n", {}])");
  EXPECT_EQ(document("k: " + flow + "\n").root().find("k")->flow_text(), flow);
  EXPECT_EQ(document("k: {&a : 1, b: , ~: 2}\n").root().find("k")->flow_text(), R"({"": 1, b: null, ~: 2})");
}

}  // namespace
}  // namespace entente
