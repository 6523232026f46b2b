// SPDX-License-Identifier: MIT
// RemoteWork: what an agent elsewhere builds of its job.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "entente/algorithm/population.hpp"
#include "runtime/remote_part.hpp"
#include "solve/remote_messages.hpp"

namespace entente {

/// The problem, the algorithm and the computations of one agent, built as a local run builds them.
class RemoteWork {
 public:
  /// `me`: the agent's position in the job's list. `plugins`: paths of algorithms that a job may give besides those of
  /// built-in algorithms. Throws Error for a job that makes no sense, and what a local run throws.
  RemoteWork(const RemoteJob& job, std::uint32_t me, const std::vector<std::string>& plugins,
             runtime::RemotePart::Outlet outlet);
  RemoteWork(const RemoteWork&) = delete;
  RemoteWork& operator=(const RemoteWork&) = delete;
  ~RemoteWork();

  runtime::RemotePart& part() { return *part_; }

 private:
  struct Ground;
  std::unique_ptr<Ground> ground_;
  std::unique_ptr<runtime::RemotePart> part_;
};

}  // namespace entente
