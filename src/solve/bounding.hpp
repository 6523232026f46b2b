// SPDX-License-Identifier: MIT
// Bounding: proves how good an answer can be, beside a run of any algorithm.
#pragma once

#include <atomic>
#include <exception>
#include <optional>
#include <thread>

#include "entente/algorithm/population.hpp"
#include "entente/solve.hpp"
#include "kernel/stop_signal.hpp"
#include "runtime/proof.hpp"
#include "runtime/run.hpp"

namespace entente {

/// One per run. Before the run: a bound for a fixed amount of counted work, so that it depends on nothing but the
/// problem. With `bound_seconds`: a thread that goes on to prove, in the end by exact search, for so long.
class Bounding {
 public:
  /// `control` and what it points to must outlive this.
  Bounding(const Problem& problem, const SolveRequest& request, const Algorithm& algorithm,
           const runtime::RunControl& control);
  Bounding(const Bounding&) = delete;
  Bounding& operator=(const Bounding&) = delete;
  ~Bounding();

  const runtime::Proof& proof() const { return proof_; }
  /// The run is over: lets the thread finish, unless the user wants an end or `result` is good enough; adds to
  /// `result` what is proven. Throws what the thread threw.
  void conclude(runtime::RunResult& result);
  /// Seconds that `conclude` waited for the thread.
  double seconds() const { return seconds_; }

 private:
  void prove_a_little(const StopSignal& stop);
  void prove_for_long();
  bool is_enough(const Evaluation& best, std::optional<double> own) const;

  const Problem& problem_;
  const SolveRequest& request_;
  const runtime::RunControl& control_;
  runtime::Proof proof_;
  double seconds_ = 0;
  std::atomic<bool> stop_{false}, ended_{false}, infeasible_{false};
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace entente
