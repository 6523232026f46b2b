// SPDX-License-Identifier: MIT
// The rules by which memories merge.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "entente/base/error.hpp"
#include "participants/cohda/cohda_samples.hpp"

namespace entente::cohda {
namespace {

const TargetParams target{{3, 3}, {1, 1}, 1, 1};

SystemConfig random_config() {
  SystemConfig config;
  for (std::uint32_t id = 1; id <= 4; ++id)
    if (*rc::gen::arbitrary<bool>()) {
      const auto counter = *rc::gen::inRange<std::uint32_t>(1, 4);
      config.set(id, {Schedule{double(id), double(counter)}, counter});  // one schedule for each counter, as in runs
    }
  return config;
}
SolutionCandidate random_candidate() {
  std::map<std::uint32_t, Schedule> rows;
  for (std::uint32_t id = 1; id <= 4; ++id)
    if (*rc::gen::arbitrary<bool>()) rows[id] = Schedule{double(*rc::gen::inRange(0, 3)), 1};
  return {*rc::gen::inRange<std::uint32_t>(1, 5), rows};
}
SolutionCandidate merged(const SolutionCandidate& a, const SolutionCandidate& b) {
  return merge_candidates(a, b, 9, {}, target);
}

RC_GTEST_PROP(MergingConfigs, does_not_depend_on_order_and_repeats_change_nothing, ()) {
  const SystemConfig a = random_config(), b = random_config(), c = random_config();
  RC_ASSERT(merge_sysconfigs(a, b) == merge_sysconfigs(b, a));
  RC_ASSERT(merge_sysconfigs(merge_sysconfigs(a, b), c) == merge_sysconfigs(a, merge_sysconfigs(b, c)));
  RC_ASSERT(merge_sysconfigs(a, a) == a);
  const SystemConfig ab = merge_sysconfigs(a, b);
  RC_ASSERT(merge_sysconfigs(ab, b) == ab);
}

RC_GTEST_PROP(MergingConfigs, keeps_the_sum_of_what_was_heard, ()) {
  const SystemConfig config = merge_sysconfigs(random_config(), random_config());
  std::vector<double> sum(config.sum().size());
  for (const auto& [id, selection] : config.schedule_choices())
    for (std::size_t t = 0; t < sum.size(); ++t) sum[t] += selection.schedule[t];
  RC_ASSERT(config.sum().values() == sum);
}

RC_GTEST_PROP(MergingCandidates, loses_nobody_and_never_gets_worse, ()) {
  const SolutionCandidate a = random_candidate(), b = random_candidate();
  const SolutionCandidate both = merged(a, b);
  for (std::uint32_t id = 1; id <= 4; ++id)
    RC_ASSERT((both.find(id) != nullptr) == (a.find(id) != nullptr || b.find(id) != nullptr));
  RC_ASSERT(merged(a, a) == a);
  if (a.present() == b.present()) {
    const double worth = cohda_default_performance(both.matrix(), target);
    RC_ASSERT(worth >= cohda_default_performance(a.matrix(), target));
    RC_ASSERT(worth >= cohda_default_performance(b.matrix(), target));
  }
}

TEST(MergingCandidates, takes_a_larger_one_even_if_it_is_worse) {
  const SolutionCandidate good(1, {{1, {3, 3}}}), large(2, {{1, {0, 0}}, {2, {0, 0}}});
  EXPECT_EQ(merged(good, large), large);
  EXPECT_EQ(merged(large, good), large);
}

TEST(MergingCandidates, unites_two_of_which_each_lacks_somebody_and_signs_the_union) {
  const SolutionCandidate ours(1, {{1, {1, 1}}, {2, {2, 2}}}, -1.0), theirs(3, {{2, {5, 5}}, {3, {3, 3}}}, -2.0);
  const SolutionCandidate both = merged(ours, theirs);
  EXPECT_EQ(both, SolutionCandidate(9, {{1, {1, 1}}, {2, {2, 2}}, {3, {3, 3}}}));
  EXPECT_FALSE(both.perf);
}

TEST(MergingCandidates, prefers_the_better_and_among_equals_the_lower_id) {
  const SolutionCandidate better(7, {{1, {3, 2}}}), worse(1, {{1, {3, 0}}}), equal(4, {{1, {2, 3}}});
  EXPECT_EQ(merged(worse, better).participant_id, 7u);
  EXPECT_EQ(merged(better, worse).participant_id, 7u);
  EXPECT_EQ(merged(better, equal).participant_id, 4u);
  EXPECT_EQ(merged(equal, better).participant_id, 4u);
}

TEST(MergingCandidates, keeps_ours_where_they_have_none) {
  const SolutionCandidate ours(1, {{1, {1, 1}}});
  EXPECT_EQ(merge_candidates(ours, std::nullopt, 9, {}, target), ours);
}

TEST(ScheduleSum, forgets_nothing_of_what_was_added_and_taken_off) {
  ScheduleSum sum;
  sum.add({0.1});
  sum.add({1e12});
  sum.add({0.2});
  sum.add({1e12}, -1);
  sum.add({0.1}, -1);
  double left = 0;
  sum.left_of(std::vector<double>{0.2}, {&left, 1});
  EXPECT_EQ(left, 0.0);
}

TEST(CohdaStart, refuses_weights_that_are_not_one_for_each_step) {
  EXPECT_THROW(create_cohda_start_message({1, 2}, {1}), Error);
  EXPECT_THROW(create_cohda_start_message({1, 2}, {1, -1}), Error);
  EXPECT_THROW(create_cohda_start_message({}), Error);
  EXPECT_THROW(create_cohda_start_message({1, std::nan("")}), Error);
}

TEST(CohdaPerformance, is_the_weighted_distance_below_zero) {
  DenseMatrix matrix(2, 2);
  matrix(0, 0) = 1;
  matrix(1, 1) = 2;
  EXPECT_EQ(cohda_default_performance(matrix, {{3, 3}, {2, 10}}), -(2 * 2 + 10 * 1));
}

}  // namespace
}  // namespace entente::cohda
