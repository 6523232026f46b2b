// SPDX-License-Identifier: MIT
// CohdaUpdate: what a COHDA participant has to tell a neighbour, as changes to what it told before.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "entente/carriers/message.hpp"
#include "entente/participants/cohda_memory.hpp"

namespace entente::cohda {

/// Schedules pass a link once and are then called by their owner's id and a number. About 12 bytes for each selection
/// that changed and 8 for each entry of the candidate that did.
struct CohdaUpdate {
  static constexpr std::string_view content_name = "entente.cohda_update";
  static constexpr std::uint32_t gone = 0xffffffffu;  ///< In place of a schedule's number: no longer in the candidate.

  struct Row {
    std::uint32_t participant, number;
    double preference;
    std::vector<double> values;
  };
  struct Change {
    std::uint32_t participant, counter, number;
  };
  struct Entry {
    std::uint32_t participant, number;
  };

  std::uint64_t message = 0;  ///< Of this link, from 1.
  bool full = false;          ///< Does not build on what was told before.
  std::uint64_t revision = 0;
  std::uint32_t revised_by = 0;
  std::vector<double> target, weights;  ///< Empty: as before.
  std::vector<Row> schedules;
  std::vector<Change> changes;
  bool has_candidate = false;
  std::uint32_t creator = 0;
  std::optional<double> perf;
  std::vector<Entry> candidate;
};

/// Asks a neighbour for a full update, because something was missed.
struct CohdaAsk {
  static constexpr std::string_view content_name = "entente.cohda_ask";
  std::uint64_t heard = 0;  ///< Number of the last update that was understood.
};

/// Both directions of all links of a participant: what each neighbour was told and has told. Links may lose, repeat and
/// reorder messages: who notices a gap asks for all, so that only what is lost at the very end stays unknown.
class UpdateLinks {
 public:
  /// What to send next to a neighbour.
  CohdaUpdate tell(Address neighbour, const WorkingMemory& memory);
  /// The same, all of it.
  CohdaUpdate tell_all(Address neighbour, const WorkingMemory& memory);

  struct Heard {
    std::optional<WorkingMemory> memory;  ///< What is new in it; nothing: there is nothing to perceive.
    bool missed = false;                  ///< A CohdaAsk is to be sent.
    std::uint64_t heard = 0;              ///< What it says.
  };
  /// Errors  Error{bad_input} for an update that contradicts itself.
  Heard hear(Address neighbour, const CohdaUpdate& update);

 private:
  struct Told {
    std::uint64_t messages = 0;
    std::optional<std::pair<std::uint64_t, std::uint32_t>> revision;
    std::map<std::uint32_t, std::uint32_t> counters;              // by participant
    std::set<std::pair<std::uint32_t, std::uint32_t>> schedules;  // participant and number
    std::map<std::uint32_t, std::uint32_t> candidate;             // numbers by participant
    std::optional<std::uint32_t> creator;
    std::optional<double> perf;
  };
  struct Listening {
    std::uint64_t messages = 0;
    bool asked = false;  // for all; until it comes, nothing else can be understood
    std::optional<TargetParams> target;
    std::map<std::pair<std::uint32_t, std::uint32_t>, Schedule> schedules;  // by participant and number
    SolutionCandidate candidate;
  };
  struct Numbered {
    std::vector<Schedule> schedules;
  };

  CohdaUpdate tell(Told& told, const WorkingMemory& memory);
  std::uint32_t number_of(std::uint32_t participant, const Schedule& schedule);

  std::map<Address, Told> told_;
  std::map<Address, Listening> heard_;
  std::map<std::uint32_t, Numbered> numbered_;  // our own numbers for everybody's schedules
};

}  // namespace entente::cohda
