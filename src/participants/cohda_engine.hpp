// SPDX-License-Identifier: MIT
// CohdaEngine: the agents of a group, and the messages between them, on flat arrays.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "entente/base/array.hpp"
#include "kernel/schedules/schedule_table.hpp"
#include "kernel/stop_signal.hpp"
#include "participants/cohda_links.hpp"

namespace entente {

/// A solution candidate: a selection for some or all agents. Not changed once others can see it.
struct CohdaCandidate {
  double distance = 0;                ///< Of what it leaves of the target.
  std::uint32_t creator = 0;          ///< Position of the agent that made it.
  std::uint32_t present = 0;          ///< Agents in it.
  std::uint32_t users = 0;            ///< Agents and messages that hold it.
  std::uint32_t changes = 0;          ///< Entries in which it differs from what its creator held before.
  Array<double> residual;             ///< stride.
  std::vector<std::uint32_t> choice;  ///< By agent; no_schedule where absent.
};

/// Runs COHDA: each agent keeps what it last heard of everybody's selection (with counters, so that newer is told from
/// older), what that leaves of the target, and the best candidate it knows. What an agent learns it appends to a log;
/// each link remembers how far its receiver has read, so that perceiving costs what is new and no more. A log that
/// grows long forgets its beginning; who has not read that yet reads all that the sender knows instead.
///
/// Memory  4 bytes for each pair of agents that know of each other, as many for each agent and candidate, and up to
///         2 for each pair of agents in logs; with snapshots, logs are as long as what is under way.
/// Errors  Error{too_large} when an agent has changed its selection 2^32 / (schedules of the largest set) times.
class CohdaEngine {
 public:
  CohdaEngine(const kernel::ScheduleTable& table, const CohdaLinks& links, CohdaDelivery delivery, bool batch);

  struct Counts {
    std::uint64_t messages = 0, bytes = 0, decides = 0, perceived = 0;
  };

  /// Tells an agent of the target. Counts as a message.
  void start(std::uint32_t agent);
  /// Delivers what waits first; false if nothing does.
  bool step();
  /// Steps until nothing waits; false if `stop` was raised before. Calls `progress` now and then.
  bool run(const StopSignal& stop, const std::function<void()>& progress);

  const Counts& counts() const { return counts_; }
  /// Of an agent; null before it was awake.
  const CohdaCandidate* candidate(std::uint32_t agent) const { return agents_[agent].candidate; }
  /// The best one with all agents that anybody made so far, or null.
  const CohdaCandidate* best() const { return best_; }
  /// What an agent believes that another has selected; no_schedule if it has not heard of it.
  std::uint32_t selection(std::uint32_t agent, std::uint32_t of) const;
  std::uint32_t counter(std::uint32_t agent, std::uint32_t of) const;

 private:
  static constexpr std::uint64_t no_end = ~std::uint64_t{0};

  /// A counter, and below it, in choice_bits_, a choice: the larger of two for the same agent is the newer. 0: not
  /// heard of.
  using Selection = std::uint32_t;
  struct Change {
    std::uint32_t agent;
    Selection selection;
  };
  struct Agent {
    CohdaCandidate* candidate = nullptr;
    std::uint64_t log_begin = 0;  // position of log[0]
    std::vector<Change> log;
    std::size_t trim_at = 64;
    std::uint32_t known = 0;  // agents heard of
  };
  struct Message {
    std::uint64_t end = no_end;  // the receiver's, of the link it came by
    std::uint32_t receiver = 0;
    std::uint64_t log_end = 0;            // snapshots: how much of the sender's log it brings
    CohdaCandidate* candidate = nullptr;  // snapshots
  };
  /// First in, first out, in a ring that grows.
  class Queue {
   public:
    bool empty() const { return size_ == 0; }
    void push(const Message& message);
    Message pop();

   private:
    std::vector<Message> items_ = std::vector<Message>(64);
    std::size_t first_ = 0, size_ = 0;
  };

  Selection* known(std::uint32_t agent) const { return selections_.data() + agent * std::size_t(n_); }
  std::uint32_t choice_of(Selection selection) const { return selection & choice_mask_; }
  double* residual(std::uint32_t agent) { return residuals_.data() + agent * std::size_t(stride_); }

  void wake(std::uint32_t agent);
  bool perceive(std::uint32_t receiver, std::uint64_t end, std::uint64_t log_end, CohdaCandidate* candidate);
  bool read(std::uint32_t receiver, std::uint64_t end, std::uint64_t log_end);
  void read_log(std::uint32_t receiver, const Change* change, const Change* last);
  void read_all(std::uint32_t receiver, std::uint32_t sender);
  void take(std::uint32_t receiver, std::uint32_t of, Selection selection);
  bool merge(std::uint32_t receiver, CohdaCandidate* theirs);
  void unite(std::uint32_t receiver, const CohdaCandidate& theirs);
  void decide(std::uint32_t agent);
  void select(std::uint32_t agent, std::uint32_t choice, const double* base);
  void act(std::uint32_t agent);
  void trim(std::uint32_t agent);

  CohdaCandidate* make_candidate();
  void hold(std::uint32_t agent, CohdaCandidate* candidate);
  void release(CohdaCandidate* candidate);
  void note_if_best(CohdaCandidate* candidate);

  const kernel::ScheduleTable& table_;
  const kernel::ScheduleKernels& kernels_;
  const CohdaLinks& links_;
  CohdaDelivery delivery_;
  bool batch_;
  std::uint32_t n_, stride_;

  std::vector<Agent> agents_;
  Array<Selection> selections_;        // n x n
  Array<double> residuals_;            // n x stride: target minus what each agent has heard of
  std::vector<std::uint64_t> read_;    // by end: how far the agent there has read its neighbour's log
  std::vector<std::uint8_t> waiting_;  // by end: a message waits there; latest
  std::vector<std::uint8_t> queued_;   // by agent: it is in the queue; batch
  Queue queue_;

  std::uint32_t choice_bits_ = 0, choice_mask_ = 0;
  std::size_t longest_log_ = 0;

  // Differences between selections of an agent that followed each other, as rows: of the latest changes only.
  struct Difference {
    std::uint32_t agent;
    Selection former, next;
  };
  Array<double> differences_;
  std::vector<Difference> difference_of_;        // by place
  std::vector<std::uint32_t> difference_place_;  // by agent: where its latest change would be
  std::uint32_t next_difference_ = 0;

  std::vector<std::unique_ptr<CohdaCandidate>> pool_;
  std::vector<CohdaCandidate*> free_;
  CohdaCandidate* best_ = nullptr;
  std::vector<const double*> more_, less_;  // rows to add and to take off
  std::vector<std::uint32_t> fresh_;        // positions of what is news
  Array<double> base_;
  Array<float> scratch_;
  Counts counts_;
};

}  // namespace entente
