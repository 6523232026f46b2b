// SPDX-License-Identifier: MIT
// Updates: what they leave out, and what is made of wrong ones.
#include "entente/participants/cohda_update.hpp"

#include <gtest/gtest.h>

#include "entente/base/error.hpp"
#include "participants/cohda/cohda_samples.hpp"

namespace entente::cohda {
namespace {

const Address neighbour{2};

WorkingMemory sample() {
  WorkingMemory memory = create_cohda_start_message({3, 3});
  memory.target_params->revision = 1;
  memory.system_config = {{1, {{1, 1}, 4}}, {5, {{2, 2}, 1}}};
  memory.solution_candidate = SolutionCandidate(5, {{1, {1, 1}}, {5, {2, 2}}}, -0.0);
  return memory;
}

TEST(CohdaUpdate, says_each_thing_once) {
  UpdateLinks links;
  WorkingMemory memory = sample();
  const CohdaUpdate first = links.tell(neighbour, memory);
  EXPECT_EQ(first.target, (std::vector<double>{3, 3}));
  EXPECT_EQ(first.schedules.size(), 2u);
  EXPECT_EQ(first.changes.size(), 2u);
  EXPECT_EQ(first.candidate.size(), 2u);
  memory.system_config.set(5, {{2, 2}, 3});  // back to a schedule that was told
  const CohdaUpdate second = links.tell(neighbour, memory);
  EXPECT_TRUE(second.target.empty());
  EXPECT_TRUE(second.schedules.empty());
  EXPECT_EQ(second.changes.size(), 1u);
  EXPECT_TRUE(second.candidate.empty());
  EXPECT_LT(encoded_size(second), 100u);
}

TEST(CohdaUpdate, is_understood_as_it_was_meant) {
  UpdateLinks sender, receiver;
  WorkingMemory memory = sample();
  const auto heard = [&] { return *receiver.hear(Address{1}, sender.tell(neighbour, memory)).memory; };
  EXPECT_EQ(heard(), memory);
  memory.system_config.set(7, {{0, 9}, 1});
  memory.solution_candidate = SolutionCandidate(1, {{5, {2, 2}}, {7, {0, 9}}}, -8.0);
  const WorkingMemory second = heard();
  EXPECT_EQ(second.system_config, (SystemConfig{{7, {{0, 9}, 1}}}));  // the rest is known
  EXPECT_EQ(second.solution_candidate, memory.solution_candidate);
}

TEST(CohdaUpdate, notices_gaps_and_repetitions) {
  UpdateLinks sender, receiver;
  const WorkingMemory memory = sample();
  const CohdaUpdate first = sender.tell(neighbour, memory), second = sender.tell(neighbour, memory);
  EXPECT_TRUE(receiver.hear(Address{1}, second).missed);
  EXPECT_TRUE(receiver.hear(Address{1}, first).missed);  // all is asked for already, and again
  const CohdaUpdate full = sender.tell_all(neighbour, memory);
  EXPECT_TRUE(full.full);
  EXPECT_EQ(*receiver.hear(Address{1}, full).memory, memory);
  const UpdateLinks::Heard again = receiver.hear(Address{1}, full);
  EXPECT_FALSE(again.memory || again.missed);
  EXPECT_TRUE(receiver.hear(Address{1}, sender.tell(neighbour, memory)).memory);
}

TEST(CohdaUpdate, is_refused_where_it_contradicts_itself) {
  const auto refused = [](auto change) {
    UpdateLinks sender, receiver;
    CohdaUpdate update = sender.tell(neighbour, sample());
    change(update);
    try {
      receiver.hear(Address{1}, update);
      return false;
    } catch (const Error& error) {
      return error.code() == ErrorCode::bad_input;
    }
  };
  EXPECT_FALSE(refused([](CohdaUpdate&) {}));
  EXPECT_TRUE(refused([](CohdaUpdate& u) { u.target.clear(); }));
  EXPECT_TRUE(refused([](CohdaUpdate& u) { u.weights.pop_back(); }));
  EXPECT_TRUE(refused([](CohdaUpdate& u) { u.weights[0] = -1; }));
  EXPECT_TRUE(refused([](CohdaUpdate& u) { u.target[0] = std::nan(""); }));
  EXPECT_TRUE(refused([](CohdaUpdate& u) { u.revision = 0; }));
  EXPECT_TRUE(refused([](CohdaUpdate& u) { u.schedules[0].values.clear(); }));
  EXPECT_TRUE(refused([](CohdaUpdate& u) { u.schedules[0].participant = 0; }));
  EXPECT_TRUE(refused([](CohdaUpdate& u) { u.schedules[0].participant = most_participants + 1; }));
  EXPECT_TRUE(refused([](CohdaUpdate& u) { u.changes[0].number = 77; }));
  EXPECT_TRUE(refused([](CohdaUpdate& u) { u.changes[0].counter = 0; }));
  EXPECT_TRUE(refused([](CohdaUpdate& u) { u.candidate[0].participant = 6; }));
  EXPECT_TRUE(refused([](CohdaUpdate& u) { u.creator = 0; }));
  EXPECT_TRUE(refused([](CohdaUpdate& u) { u.perf = std::nan(""); }));
  EXPECT_TRUE(refused([](CohdaUpdate& u) { u.schedules[0].values.push_back(1); }));
}

TEST(CohdaMemoryBytes, come_back_as_they_were_or_not_at_all) {
  WorkingMemory memory = sample();
  memory.additional_parameters["price"] = {1, 2};
  std::vector<std::byte> bytes;
  encode(memory, bytes);
  EXPECT_EQ(decode<WorkingMemory>(bytes), memory);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode<WorkingMemory>(std::span(bytes).first(size)));
  memory.system_config.set(0, {{1, 1}, 1});
  bytes.clear();
  encode(memory, bytes);
  EXPECT_FALSE(decode<WorkingMemory>(bytes));
}

}  // namespace
}  // namespace entente::cohda
