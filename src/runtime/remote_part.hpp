// SPDX-License-Identifier: MIT
// A run whose agents exchange messages over a carrier: the share of one agent, and what the coordinator makes of what
// all of them report. Each engine has its own of both.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "entente/carriers/message.hpp"
#include "runtime/run.hpp"

namespace entente::runtime {

/// Who runs what.
struct RemoteShare {
  std::span<const std::uint32_t> agent_of;  ///< By computation.
  std::uint32_t agents = 0;
  std::uint32_t me = 0;  ///< Of a part: its own number.
};

/// What the coordinator tells an agent.
struct RemoteOrder {
  static constexpr std::string_view content_name = "entente.order";
  enum class Kind : std::uint8_t {
    begin,
    limit,  ///< No step of cycle `number` or a later one before the next order.
    turn,   ///< It is `time` now, at which `computations` act.
    end,    ///< The run is over: say what has not been said yet.
  };
  Kind kind = Kind::begin;
  std::uint64_t number = 0;
  double time = 0;
  std::vector<std::uint32_t> computations;
};

/// The computations of one agent. Agents of a run are numbered: its parts. Calls to it never overlap.
class RemotePart {
 public:
  /// Where it speaks.
  struct Outlet {
    std::function<void(std::uint32_t part, Content)> send;  ///< To another agent.
    std::function<void(Content)> report;                    ///< To the coordinator.
  };

  virtual ~RemotePart() = default;
  virtual void begin() = 0;
  /// What another agent said. Throws Error{bad_input} for what no agent of this run says.
  virtual void hear(std::uint32_t from, const Content& content) = 0;
  /// An order other than to begin or to end.
  virtual void obey(const RemoteOrder&) {}
  /// Whether there is something to do without anybody's saying anything, of which `go_on` does a portion.
  virtual bool can_go_on() const { return false; }
  virtual void go_on() {}
  /// About how many bytes wait to be reported; 0: none.
  virtual std::size_t unreported() const = 0;
  virtual void report() = 0;
  /// Seconds that they may wait for more; 0: none, once `go_on` has nothing left to do.
  virtual double report_delay() const = 0;
  /// The run is over. Reports the last, once.
  virtual void end() { report(); }
};

/// What the coordinator of such a run keeps. Calls to it never overlap.
class RemoteLead {
 public:
  virtual ~RemoteLead() = default;
  /// What an agent reported. Throws Error{bad_input} for what no agent of this run says.
  virtual void take(std::uint32_t part, const Content& report) = 0;
  /// Something has to be told to agents; `part` beyond the last means all of them.
  using Tell = std::function<void(std::uint32_t part, RemoteOrder)>;
  virtual void look_around(const Tell&) {}
  /// Why the run is over, if it is.
  virtual std::optional<RunEnd> over() const = 0;
  /// All agents have reported the last; the run ended as `end` says, unless it was over before.
  virtual void conclude(RunEnd end, RunResult& result) = 0;
};

inline constexpr std::uint32_t every_agent = ~std::uint32_t(0);

/// Bytes of the coordinator's memory that may hold what fast agents report ahead of slow ones.
inline constexpr std::uint64_t report_window_bytes = std::uint64_t(1) << 26;
/// Cycles that agents may be ahead of what the coordinator has closed. It moves the limit when a quarter is used up, so
/// that those who keep in step never meet it; it is for those whom no path of neighbours holds back.
inline std::uint64_t cycle_window(std::uint64_t computations) {
  const std::uint64_t fits = report_window_bytes / (8 * computations + 64);
  return fits < 64 ? 64 : fits > 8192 ? 8192 : fits;
}

/// Seconds between two reports of an agent: so many that the coordinator of many is not what slows them down.
inline double report_interval(std::uint32_t agents, double least) { return std::clamp(agents * 1e-3, least, 0.25); }

/// Bytes as messages carry them.
using RemoteBytes = std::vector<std::uint8_t>;

}  // namespace entente::runtime
