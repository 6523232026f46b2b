// SPDX-License-Identifier: MIT
// Who is taken in, in which order they may come, and what the others are told.
#include "deploy/guest_list.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace entente::deploy {
namespace {

using Kind = Answer::Kind;

Hello hello(const std::string& name, std::uint64_t instance) {
  Hello one;
  one.name = name;
  one.instance.number = {instance, 0};
  one.place = "host, process 7";
  return one;
}

TEST(GuestList, nobody_is_welcomed_before_all_are_there_and_then_all_are) {
  GuestList list({"b", "a"}, {}, "session");
  EXPECT_EQ(list.missing(0), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(list.hear(hello("a", 1), "inbox.a", 0).empty());
  EXPECT_EQ(list.missing(0), std::vector<std::string>{"b"});
  const auto letters = list.hear(hello("b", 2), "inbox.b", 1);
  ASSERT_EQ(letters.size(), 2u);
  EXPECT_TRUE(list.missing(1).empty());
  for (const GuestList::Letter& letter : letters) {
    EXPECT_EQ(letter.answer.kind, Kind::welcome);
    EXPECT_EQ(letter.answer.session, "session");
    EXPECT_EQ(letter.answer.participants, 2u);
    EXPECT_EQ(letter.answer.address, letter.to == "inbox.b" ? 1u : 2u) << "in the order of those needed";
  }
}

TEST(GuestList, an_agent_whose_welcome_was_lost_is_welcomed_again) {
  GuestList list({"a"}, {}, "session");
  ASSERT_EQ(list.hear(hello("a", 1), "first", 0).size(), 1u);
  const auto again = list.hear(hello("a", 1), "second", 1);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].to, "second");
  EXPECT_EQ(again[0].answer.kind, Kind::welcome);
}

TEST(GuestList, an_agent_that_stops_asking_is_missing_again) {
  GuestList list({"a", "b"}, {}, "s");
  list.hear(hello("a", 1), "a", 0);
  const double late = GuestList::stale + 0.1;
  EXPECT_EQ(list.missing(late), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(list.hear(hello("b", 2), "b", late).empty());
  EXPECT_EQ(list.hear(hello("a", 3), "a", late + 0.1).size(), 2u) << "started again, it takes its own place";
}

TEST(GuestList, a_second_agent_of_a_name_is_refused_once_the_first_shows_that_it_lives) {
  GuestList list({"a", "b"}, {}, "s");
  list.hear(hello("a", 1), "first", 0);
  EXPECT_TRUE(list.hear(hello("a", 2), "second", 0.5).empty());
  const auto letters = list.hear(hello("a", 1), "first", 1);
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].to, "second");
  EXPECT_EQ(letters[0].answer.kind, Kind::refused);
  EXPECT_NE(letters[0].answer.text.find("'a' already (host, process 7)"), std::string::npos);
}

TEST(GuestList, after_the_run_has_begun_a_second_agent_is_refused_at_once) {
  GuestList list({"a"}, {}, "s");
  list.hear(hello("a", 1), "first", 0);
  const auto letters = list.hear(hello("a", 2), "second", 100);
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].answer.kind, Kind::refused);
}

TEST(GuestList, rivals_of_one_name_are_told_when_the_run_begins_and_do_not_grow_without_bound) {
  GuestList list({"a", "b"}, {}, "s");
  list.hear(hello("a", 1), "first", 0);
  std::size_t refused = 0;
  for (int i = 0; i < 100; ++i) refused += list.hear(hello("a", 100 + i), "rival", 0.1).size();
  EXPECT_EQ(refused, 84u) << "no more than 16 wait";
  const auto letters = list.hear(hello("b", 2), "b", 0.2);
  EXPECT_EQ(letters.size(), 2u + 16u);
}

TEST(GuestList, agents_of_the_problem_that_host_nothing_and_strangers_are_told_so) {
  GuestList list({"light_1"}, {{"light_1", {}}, {"idle", {}}}, "s");
  const auto idle = list.hear(hello("idle", 1), "x", 0);
  ASSERT_EQ(idle.size(), 1u);
  EXPECT_EQ(idle[0].answer.kind, Kind::not_needed);
  const auto stranger = list.hear(hello("light_l", 2), "x", 0);
  ASSERT_EQ(stranger.size(), 1u);
  EXPECT_EQ(stranger[0].answer.kind, Kind::unknown);
  EXPECT_NE(stranger[0].answer.text.find("did you mean 'light_1'?"), std::string::npos) << stranger[0].answer.text;
}

TEST(GuestList, another_version_is_refused_with_both_versions) {
  GuestList list({"a"}, {}, "s");
  Hello old = hello("a", 1);
  old.version = 77;
  const auto letters = list.hear(old, "x", 0);
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].answer.kind, Kind::refused);
  EXPECT_NE(letters[0].answer.text.find("77"), std::string::npos);
  EXPECT_EQ(list.missing(0).size(), 1u);
}

TEST(GuestList, another_capacity_than_the_problems_is_noted_once) {
  GuestList list({"a", "b"}, {{"a", 100.0}, {"b", 10.0}}, "s");
  Hello small = hello("a", 1), same = hello("b", 2);
  small.capacity = 5;
  same.capacity = 10;
  list.hear(small, "x", 0);
  list.hear(small, "x", 1);
  list.hear(same, "x", 1);
  const std::vector<std::string> notes = list.take_notes();
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_NE(notes[0].find("5"), std::string::npos);
  EXPECT_TRUE(list.take_notes().empty());
}

TEST(GuestList, who_expects_no_answer_is_not_taken_in) {
  GuestList list({"a"}, {}, "s");
  EXPECT_TRUE(list.hear(hello("a", 1), "", 0).empty());
  EXPECT_EQ(list.missing(0).size(), 1u);
}

}  // namespace
}  // namespace entente::deploy
