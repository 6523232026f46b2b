// SPDX-License-Identifier: MIT
// Locks by wait-die: whatever the requests and the order in which they arrive, nobody waits in a circle.
#include "kernel/lock_manager.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <set>

#include "entente/base/random.hpp"

namespace entente {
namespace {

LockRequest request(ComputationId mediator, std::uint64_t clock, bool write) {
  return {mediator, 1, {clock, mediator}, write};
}
std::vector<ComputationId> mediators(const std::vector<LockRequest>& list) {
  std::vector<ComputationId> result;
  for (const LockRequest& r : list) result.push_back(r.mediator);
  return result;
}
using List = std::vector<ComputationId>;

TEST(LockManager, ReadersShareAndAWriterWaitsForYoungerOnes) {
  LockManager lock;
  EXPECT_EQ(mediators(lock.request(request(1, 5, false)).granted), List{1});
  EXPECT_EQ(mediators(lock.request(request(2, 6, false)).granted), List{2});
  const auto writer = lock.request(request(3, 4, true));
  EXPECT_TRUE(writer.granted.empty() && writer.refused.empty());
  EXPECT_TRUE(lock.release(1, 1).granted.empty());
  EXPECT_EQ(mediators(lock.release(2, 1).granted), List{3});
}

TEST(LockManager, RefusesWhoWouldWaitForAnOlderOne) {
  LockManager lock;
  lock.request(request(1, 5, true));
  EXPECT_EQ(mediators(lock.request(request(2, 6, false)).refused), List{2});
  EXPECT_EQ(mediators(lock.request(request(3, 5, true)).refused), List{3})
      << "of the same time the lower agent is older";
}

TEST(LockManager, AYoungerReaderDoesNotPassAnOlderWriterThatWaits) {
  LockManager lock;
  lock.request(request(1, 9, false));
  lock.request(request(2, 3, true));
  EXPECT_EQ(mediators(lock.request(request(3, 4, false)).refused), List{3});
}

// Without this rule, the writer of time 5 would go on waiting for the older reader of time 4.
TEST(LockManager, RefusesAtOnceWhomAnOlderOneIsGrantedPast) {
  LockManager lock;
  lock.request(request(1, 6, false));
  lock.request(request(2, 5, true));
  const auto answers = lock.request(request(3, 4, false));
  EXPECT_EQ(mediators(answers.granted), List{3});
  EXPECT_EQ(mediators(answers.refused), List{2});
  EXPECT_TRUE(lock.waiting().empty());
}

TEST(LockManager, ForgetsAWaitingRequestThatIsTakenBack) {
  LockManager lock;
  lock.request(request(2, 6, true));
  lock.request(request(1, 5, true));
  EXPECT_TRUE(lock.release(1, 1).granted.empty());
  EXPECT_TRUE(lock.release(2, 1).granted.empty());
  EXPECT_TRUE(lock.holders().empty() && lock.waiting().empty());
}

/// Mediators that lock several agents each; requests, answers and releases travel in any order, but for those between
/// the same two.
class Model {
 public:
  explicit Model(std::uint64_t seed) : random_(seed), locks_(4 + seed % 3), sessions_(3 + seed % 4) {}

  /// Says what went wrong, if anything.
  std::string run(int wishes) {
    for (std::uint64_t step = 0; step < 200'000; ++step) {
      if (wishes == 0 && queues_.empty() && idle()) return "";
      if (queues_.empty() || random_.below(4) == 0) {
        Session& session = sessions_[random_.below(sessions_.size())];
        const auto mediator = ComputationId(&session - sessions_.data());
        if (!session.open && (session.wish || wishes > 0)) open(session, mediator, wishes);
        continue;
      }
      const auto at = std::next(queues_.begin(), std::ptrdiff_t(random_.below(queues_.size())));
      const Event event = at->second.front();
      at->second.pop_front();
      if (at->second.empty()) queues_.erase(at);
      handle(event);
      if (has_circle()) return "somebody waits in a circle";
      if (overlaps()) return "a writer shares a lock";
    }
    return "it does not end";
  }

 private:
  struct Session {
    bool open = false, refused = false;
    std::uint32_t number = 0;
    std::size_t waiting = 0;
    std::optional<Timestamp> wish;
    std::map<std::size_t, bool> wanted;  // by lock: whether to write
  };
  struct Event {
    enum Kind { request, release, granted, refused } kind;
    std::size_t lock;
    LockRequest what;
  };

  bool idle() const {
    return std::ranges::none_of(sessions_, [](const Session& s) { return s.open || s.wish; });
  }
  void send(Event event) {
    const bool up = event.kind == Event::granted || event.kind == Event::refused;
    queues_[{event.lock, event.what.mediator, up}].push_back(event);
  }
  void open(Session& session, ComputationId mediator, int& wishes) {
    if (!session.wish) {
      --wishes;
      session.wish = Timestamp{++clock_, mediator};
      session.wanted.clear();
      for (std::size_t k = 0; k < 1 + random_.below(3); ++k)
        session.wanted[random_.below(locks_.size())] = random_.below(2) == 0;
    }
    session.open = true;
    session.refused = false;
    ++session.number;
    session.waiting = session.wanted.size();
    for (const auto& [lock, write] : session.wanted)
      send({Event::request, lock, {mediator, session.number, *session.wish, write}});
  }
  void tell(std::size_t lock, const LockManager::Answers& answers) {
    for (const LockRequest& r : answers.granted) send({Event::granted, lock, r});
    for (const LockRequest& r : answers.refused) send({Event::refused, lock, r});
  }
  void release_all(const Session& session, ComputationId mediator) {
    for (const auto& [lock, write] : session.wanted)
      send({Event::release, lock, {mediator, session.number, *session.wish, write}});
  }
  void handle(const Event& event) {
    Session& session = sessions_[event.what.mediator];
    switch (event.kind) {
      case Event::request: return tell(event.lock, locks_[event.lock].request(event.what));
      case Event::release: {
        const auto& waiting = locks_[event.lock].waiting();
        if (std::ranges::any_of(waiting, [&](const auto& r) { return r.same_session(event.what); }))
          send({Event::refused, event.lock, event.what});
        return tell(event.lock, locks_[event.lock].release(event.what.mediator, event.what.session));
      }
      case Event::refused:
        if (!session.refused) {
          session.refused = true;
          release_all(session, event.what.mediator);
        }
        [[fallthrough]];
      case Event::granted:
        if (--session.waiting > 0) return;
        session.open = false;
        if (session.refused) return;
        release_all(session, event.what.mediator);
        session.wish.reset();
    }
  }
  bool overlaps() const {
    return std::ranges::any_of(locks_, [](const LockManager& lock) {
      const bool writer = std::ranges::any_of(lock.holders(), [](const auto& r) { return r.write; });
      return writer && lock.holders().size() > 1;
    });
  }
  /// Whoever waits, waits for younger ones: so there is no circle.
  bool has_circle() const {
    for (const LockManager& lock : locks_)
      for (const LockRequest& waiting : lock.waiting())
        for (const LockRequest& holder : lock.holders())
          if ((waiting.write || holder.write) && holder.time < waiting.time) return true;
    return false;
  }

  Random random_;
  std::vector<LockManager> locks_;
  std::vector<Session> sessions_;
  std::map<std::tuple<std::size_t, ComputationId, bool>, std::deque<Event>> queues_;
  std::uint64_t clock_ = 0;
};

TEST(LockManager, EverySessionComesToItsEndWhateverTheOrder) {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) EXPECT_EQ(Model(seed).run(30), "") << "seed " << seed;
}

}  // namespace
}  // namespace entente
