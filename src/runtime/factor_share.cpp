// SPDX-License-Identifier: MIT
#include "runtime/factor_share.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace entente::runtime {

FactorShare::FactorShare(const Problem& problem, FactorSetup& setup, const RunControl& control,
                         const RemoteShare& share)
    : problem_(problem),
      layout_(setup.layout()),
      number_bytes_(setup.kernels().number_bytes),
      run_(problem, setup.population(), layout_, setup.costs(), setup.kernels(), control),
      class_of_(problem.variable_count()),
      linked_(share.agents),
      first_edge_(problem.constraint_count() + std::size_t(1)) {
  run_.shared_ = true;
  const auto& classes = layout_.variable_classes();
  for (VariableId v = 0; v < problem.variable_count(); ++v) {
    while (classes[class_of_[v]].size != std::uint32_t(problem.domain_size(v))) ++class_of_[v];
    if (share.agent_of[v] == share.me) mine_.push_back(v);
  }
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c)
    first_edge_[c + std::size_t(1)] = first_edge_[c] + problem.scope(c).size();
  std::vector<Place> answers(first_edge_.back());
  place_factors(answers);
  link(share, answers);
  order_terms(setup, share);
}

/// Finds what the factors here answer in their blocks.
void FactorShare::place_factors(std::vector<Place>& answers) {
  const auto& classes = layout_.factor_classes();
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const FactorClass& factors = classes[c];
    for (std::size_t f = 0; f < factors.constraints.size(); ++f) {
      const std::size_t block = f / factors.factors(), i = f % factors.factors();
      for (std::uint32_t k = 0; k < factors.arity(); ++k)
        answers[first_edge_[factors.constraints[f]] + k] = {run_.said_[c].factors.data(),
                                                            block * factors.offsets.back() + factors.offsets[k] +
                                                                i / factors.lanes * factors.shapes[k].row +
                                                                i % factors.lanes,
                                                            factors.lanes, factors.sizes[k]};
    }
  }
}

/// Both ends of a link go through constraints and positions in order, and so agree on what comes after what.
void FactorShare::link(const RemoteShare& share, const std::vector<Place>& answers) {
  heard_.resize(first_edge_.back());
  std::vector<std::size_t> numbers(share.agents);
  for (ConstraintId c = 0; c < problem_.constraint_count(); ++c) {
    const auto scope = problem_.scope(c);
    if (scope.size() < 2) continue;
    const std::uint32_t factor = share.agent_of[problem_.variable_count() + c];
    for (std::size_t k = 0; k < scope.size(); ++k) {
      const std::uint32_t variable = share.agent_of[scope[k]];
      const auto size = std::uint32_t(problem_.domain_size(scope[k]));
      const std::size_t edge = first_edge_[c] + k;
      if (variable == share.me && factor == share.me) {
        heard_[edge] = answers[edge];
      } else if (factor == share.me) {
        linked_[variable].answers.push_back(answers[edge]);
        linked_[variable].heard.push_back(scope[k]);
      } else if (variable == share.me) {
        heard_[edge] = {nullptr, numbers[factor], 1, size};
        numbers[factor] += size;
        linked_[factor].told.push_back(scope[k]);
      }
    }
  }
  for (std::uint32_t agent = 0; agent < share.agents; ++agent) {
    Link& link = linked_[agent];
    link.answered.resize(numbers[agent] * number_bytes_);
    if (!link.told.empty()) answering_.push_back(agent);
    if (!link.heard.empty()) believing_.push_back(agent);
    for (auto* const list : {&link.told, &link.heard}) {
      std::sort(list->begin(), list->end());
      list->erase(std::unique(list->begin(), list->end()), list->end());
    }
  }
}

void FactorShare::order_terms(const FactorSetup& setup, const RemoteShare& share) {
  FactorLayout whole = setup.lay_out({nullptr, false});
  std::vector<std::vector<Place>> terms(mine_.size());
  std::vector<std::uint32_t> place(problem_.variable_count());
  for (std::size_t i = 0; i < mine_.size(); ++i) place[mine_[i]] = std::uint32_t(i);
  for (const FactorClass& factors : whole.factor_classes())
    for (std::size_t b = 0; b < factors.blocks(); ++b)
      for (std::uint32_t k = 0; k < factors.arity(); ++k)
        for (std::uint32_t i = 0; i < factors.count_in(b); ++i) {
          const ConstraintId c = factors.constraints[b * factors.factors() + i];
          const VariableId v = problem_.scope(c)[k];
          if (share.agent_of[v] != share.me) continue;
          Place heard = heard_[first_edge_[c] + k];
          if (!heard.numbers) {
            const std::uint32_t agent = share.agent_of[problem_.variable_count() + c];
            heard.numbers = reinterpret_cast<const std::byte*>(linked_[agent].answered.data());
          }
          terms[place[v]].push_back(heard);
        }
  term_first_.push_back(0);
  for (const auto& list : terms) {
    terms_.insert(terms_.end(), list.begin(), list.end());
    term_first_.push_back(terms_.size());
  }
  heard_ = {};
}

bool FactorShare::speak() {
  run_.speak(run_.lanes_[0]);
  stirred_ = std::exchange(run_.lanes_[0].stirred, false);
  if (run_.failure_) std::rethrow_exception(run_.failure_);
  return !run_.aborted_;
}

std::size_t FactorShare::row_bytes(VariableId variable) const {
  return std::size_t(problem_.domain_size(variable)) * number_bytes_;
}
std::byte* FactorShare::row(VariableId variable) const {
  const VariableClass& variables = layout_.variable_classes()[class_of_[variable]];
  return run_.rows(run_.beliefs_[class_of_[variable]].now, variables, layout_.inside(variable) - variables.first);
}
std::size_t FactorShare::numbers_of(const std::vector<VariableId>& variables) const {
  std::size_t numbers = 0;
  for (const VariableId v : variables) numbers += std::size_t(problem_.domain_size(v));
  return numbers;
}
std::vector<ValueIndex> FactorShare::decisions(const std::vector<VariableId>& variables) const {
  std::vector<ValueIndex> values;
  for (const VariableId v : variables) values.push_back(run_.values_[layout_.inside(v)]);
  return values;
}

RemoteBytes FactorShare::answers_to(std::uint32_t agent) const {
  RemoteBytes bytes;
  for (const Place& place : linked_[agent].answers)
    for (std::uint32_t v = 0; v < place.size; ++v) {
      const auto* const number = reinterpret_cast<const std::uint8_t*>(place.numbers) +
                                 (place.first + std::size_t(v) * place.step) * number_bytes_;
      bytes.insert(bytes.end(), number, number + number_bytes_);
    }
  return bytes;
}
bool FactorShare::takes_answers(std::uint32_t agent, const RemoteBytes& numbers) const {
  return !numbers.empty() && numbers.size() == linked_[agent].answered.size();
}
void FactorShare::take_answers(std::uint32_t agent, const RemoteBytes& numbers) {
  std::copy(numbers.begin(), numbers.end(), linked_[agent].answered.begin());
}

template <class R>
void FactorShare::sum_up(std::size_t variable) {
  const VariableId v = mine_[variable];
  const VariableClass& variables = layout_.variable_classes()[class_of_[v]];
  auto* const sums = reinterpret_cast<R*>(row(v));
  const std::size_t stride = variables.stride, at = layout_.inside(v) - variables.first;
  std::memcpy(sums, run_.rows(variables.prior, variables, at), stride * sizeof(R));
  for (std::size_t t = term_first_[variable]; t < term_first_[variable + 1]; ++t) {
    const Place& term = terms_[t];
    for (std::uint32_t a = 0; a < term.size; ++a) {
      R cost;
      std::memcpy(&cost, term.numbers + (term.first + std::size_t(a) * term.step) * sizeof(R), sizeof cost);
      sums[a] += cost;
    }
  }
  VariableBlock block;
  block.kernels = &run_.kernels_;
  block.size = variables.size;
  block.stride = variables.stride;
  block.count = 1;
  block.beliefs = sums;
  block.values = run_.values_.data() + layout_.inside(v);
  run_.population_.decide(block);
  changed_ += block.changed;
}
void FactorShare::decide() {
  changed_ = 0;
  for (std::size_t i = 0; i < mine_.size(); ++i) number_bytes_ == sizeof(float) ? sum_up<float>(i) : sum_up<double>(i);
}

RemoteBytes FactorShare::beliefs_to(std::uint32_t agent) const {
  RemoteBytes bytes;
  for (const VariableId v : linked_[agent].told) {
    const auto* const first = reinterpret_cast<const std::uint8_t*>(row(v));
    bytes.insert(bytes.end(), first, first + row_bytes(v));
  }
  return bytes;
}
bool FactorShare::takes_beliefs(std::uint32_t agent, const RemoteBytes& numbers,
                                std::span<const ValueIndex> values) const {
  const std::vector<VariableId>& heard = linked_[agent].heard;
  if (heard.empty() || values.size() != heard.size() || numbers.size() != numbers_of(heard) * number_bytes_)
    return false;
  for (std::size_t i = 0; i < heard.size(); ++i)
    if (values[i] < 0 || values[i] >= problem_.domain_size(heard[i])) return false;
  return true;
}
void FactorShare::take_beliefs(std::uint32_t agent, const RemoteBytes& numbers, std::span<const ValueIndex> values) {
  const std::uint8_t* at = numbers.data();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const VariableId v = linked_[agent].heard[i];
    std::memcpy(row(v), at, row_bytes(v));
    at += row_bytes(v);
    run_.values_[layout_.inside(v)] = values[i];
  }
}

}  // namespace entente::runtime
