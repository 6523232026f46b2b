// SPDX-License-Identifier: MIT
// FactorShare: what one agent does of a run on the factor graph, without the messages' way.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runtime/factor_run.hpp"
#include "runtime/factor_setup.hpp"
#include "runtime/remote_part.hpp"

namespace entente::runtime {

/// The factors and variables of one agent, in the factor engine's arrays. Agents tell each other the answers of factors
/// to variables elsewhere, then the beliefs of variables that factors elsewhere need, as numbers; what variables tell
/// factors follows from these. Answers are added up in the factor engine's order, so that every bit is the same.
///
/// Memory  the factor engine's for its own factors, and rows of beliefs for all variables.
class FactorShare {
 public:
  /// `setup` has the agent's own factors only. All must outlive this.
  FactorShare(const Problem& problem, FactorSetup& setup, const RunControl& control, const RemoteShare& share);

  /// Agents whose answers this one needs, and whom it tells its variables' beliefs.
  const std::vector<std::uint32_t>& answering() const { return answering_; }
  /// Agents whose variables' beliefs this one needs, and whom it tells its factors' answers.
  const std::vector<std::uint32_t>& believing() const { return believing_; }

  /// A cycle: the factors speak, their answers are told and heard, the variables decide, their beliefs are told and
  /// heard. False if that was cut short by the deadline: then nothing more is to be done.
  bool speak();
  RemoteBytes answers_to(std::uint32_t agent) const;
  bool takes_answers(std::uint32_t agent, const RemoteBytes& numbers) const;
  void take_answers(std::uint32_t agent, const RemoteBytes& numbers);
  void decide();
  RemoteBytes beliefs_to(std::uint32_t agent) const;
  std::vector<ValueIndex> decisions_to(std::uint32_t agent) const { return decisions(linked_[agent].told); }
  bool takes_beliefs(std::uint32_t agent, const RemoteBytes& numbers, std::span<const ValueIndex> values) const;
  void take_beliefs(std::uint32_t agent, const RemoteBytes& numbers, std::span<const ValueIndex> values);
  /// Ends the cycle.
  void close() { ++run_.cycle_; }

  std::uint64_t changed() const { return changed_; }  ///< Decisions of this cycle that differ from the last.
  bool stirred() const { return stirred_; }           ///< Whether anybody said anything new in it.
  std::vector<ValueIndex> decisions() const { return decisions(mine_); }
  /// From that cycle on a run may end that calm for as many as `calm_enough`.
  std::uint64_t all_awake() const { return run_.wake_.last; }
  std::uint64_t calm_enough() const { return run_.calm_enough_; }

 private:
  /// Where the numbers of a message are: every `step`th from `first` on.
  struct Place {
    const std::byte* numbers = nullptr;
    std::size_t first = 0;
    std::uint32_t step = 1, size = 0;
  };
  struct Link {
    std::vector<Place> answers;           ///< Of factors here to variables there.
    std::vector<VariableId> told, heard;  ///< Variables here that factors there need, and the other way round.
    RemoteBytes answered;                 ///< What factors there last answered.
  };

  void place_factors(std::vector<Place>& answers);
  void link(const RemoteShare& share, const std::vector<Place>& answers);
  void order_terms(const FactorSetup& setup, const RemoteShare& share);
  std::size_t row_bytes(VariableId variable) const;
  std::byte* row(VariableId variable) const;
  std::size_t numbers_of(const std::vector<VariableId>& variables) const;
  std::vector<ValueIndex> decisions(const std::vector<VariableId>& variables) const;
  template <class R>
  void sum_up(std::size_t variable);

  const Problem& problem_;
  FactorLayout& layout_;
  const std::uint32_t number_bytes_;
  FactorRun run_;
  std::vector<std::uint32_t> class_of_;  ///< By variable.
  std::vector<VariableId> mine_;
  std::vector<std::size_t> term_first_;  ///< Of the variables in `mine_`: their terms,
  std::vector<Place> terms_;             ///< in the order in which they are added up.
  std::vector<Link> linked_;             ///< By agent.
  std::vector<std::size_t> first_edge_;  ///< By constraint; edges are its positions.
  std::vector<Place> heard_;             ///< By edge: what a variable here hears.
  std::vector<std::uint32_t> answering_, believing_;
  std::uint64_t changed_ = 0;
  bool stirred_ = false;
};

}  // namespace entente::runtime
