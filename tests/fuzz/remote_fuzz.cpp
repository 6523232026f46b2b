// SPDX-License-Identifier: MIT
// Whatever bytes reach an agent as a job, a batch or news of other agents: it runs, or an Error says why not.
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "entente/algorithm/registry.hpp"
#include "entente/base/codec.hpp"
#include "entente/base/error.hpp"
#include "entente/problem/builder.hpp"
#include "runtime/remote_cycle_messages.hpp"
#include "runtime/remote_event_messages.hpp"
#include "runtime/remote_factor_messages.hpp"
#include "runtime/rest_tree.hpp"
#include "solve/remote_messages.hpp"
#include "solve/remote_work.hpp"

namespace {

using namespace entente;

runtime::RemotePart::Outlet silent() {
  return {[](std::uint32_t, const Content&) {}, [](const Content&) {}};
}

RemoteJob small_job(const Algorithm& algorithm) {
  const bool factors = algorithm.info.graph == Graph::factor;
  ProblemBuilder builder("", Objective::minimise);
  const auto domain = builder.add_domain("d", {0, 1, 2});
  for (int v = 0; v < 4; ++v) builder.add_variable("", domain);
  // For satisfaction, as some algorithms want it.
  constexpr double never = std::numeric_limits<double>::infinity();
  const std::vector<double> cells = {never, 0, 0, 0, never, 0, 0, 0, never};
  for (VariableId v = 0; v < 4; ++v) builder.add_table_constraint("", std::vector<VariableId>{v, (v + 1) % 4}, cells);
  RemoteJob job;
  job.problem = describe_problem(builder.build(), 0);
  job.algorithm = algorithm.info.name;
  job.memory = 1 << 24;
  job.stop_cycle = 10;
  job.addresses = {1, 2};
  for (std::uint32_t i = 0; i < (factors ? 8 : 4); ++i) job.agent_of.push_back(i % 2);
  return job;
}

void run_job(std::span<const std::byte> bytes) {
  std::optional<RemoteJob> job = decode<RemoteJob>(bytes);
  if (!job || job->addresses.empty() || !job->problem.text.empty()) return;
  for (const std::uint32_t size : job->problem.domains)
    if (size > 1000) return;  // more time than a fuzzer has
  job->memory = 1 << 20;
  job->stop_cycle = 3;
  RemoteWork work(*job, 0, {}, silent());
  work.part().begin();
}

/// Messages, each after its length, to an agent that another one keeps in step with.
void run_messages(std::span<const std::byte> bytes) {
  static const std::vector<RemoteJob> jobs = [] {
    std::vector<RemoteJob> list;
    for (const Algorithm& algorithm : algorithm_table()) list.push_back(small_job(algorithm));
    return list;
  }();
  RemoteWork work(jobs[std::to_integer<std::size_t>(bytes[0]) % jobs.size()], 0, {}, silent());
  bytes = bytes.subspan(1);
  work.part().begin();
  while (bytes.size() > 3) {
    const std::size_t size = std::min<std::size_t>(std::to_integer<std::size_t>(bytes[0]), bytes.size() - 3);
    const auto kind = std::to_integer<unsigned>(bytes[1]), ends = std::to_integer<unsigned>(bytes[2]);
    const std::span<const std::byte> one = bytes.subspan(3, size);
    bytes = bytes.subspan(3 + size);
    const auto* const first = reinterpret_cast<const std::uint8_t*>(one.data());
    const runtime::RemoteBytes body(first, first + one.size());
    Content content;
    if (kind % 4 == 0) {
      content = runtime::CycleBatch{body};
    } else if (kind % 4 == 1) {
      if (auto batch = decode<runtime::FactorBatch>(one)) content = std::move(*batch);
    } else if (kind % 4 == 2) {
      // From one that the other hosts to one of those here, which have even numbers.
      content = runtime::EventBatch{{{ends % 4 * 2, ends / 4 % 4 * 2 + 1, kind / 4, 0, body}}};
    } else if (auto rest = decode<runtime::RemoteRest>(one)) {
      content = std::move(*rest);
    }
    if (!content.empty()) work.part().hear(1, content);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto given = std::as_bytes(std::span(data + 1, size - 1));
  try {
    if (data[0] % 4 == 0)
      run_job(given);
    else if (size > 1)
      run_messages(given);
  } catch (const Error&) {
  }
  return 0;
}
