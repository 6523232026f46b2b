// SPDX-License-Identifier: MIT
// Dives and open nodes.
#include "kernel/exact/part_search.hpp"

#include <algorithm>

namespace entente {
namespace {

constexpr std::uint32_t none = ~std::uint32_t(0);
// Larger domains are cut in two, as one value among many decides too little.
constexpr std::size_t many_values = 10;
// Share of the distance between bound and top that spreading costs must win.
constexpr double worthwhile_gain = 0.1;
constexpr std::uint64_t few_nodes = 50;
// Going back takes memory with every level. With less than this, not even small networks could be searched.
constexpr std::uint64_t least_memory = std::uint64_t(1) << 25;
constexpr std::uint64_t most_failures = 10000;  // of one dive, as the paper has it

}  // namespace

PartSearch::PartSearch(const CoreNetwork& core, std::uint64_t memory) : network_(core, memory / 2), memory_(memory) {}

void PartSearch::set_top(double top) {
  if (top < network_.top()) network_.set_top(top);
}

bool PartSearch::offer(std::span<const ValueIndex> assignment, double cost) {
  if (cost >= network_.top() || cost >= best_cost_) return false;
  best_cost_ = cost;
  best_.assign(assignment.begin(), assignment.end());
  network_.set_top(cost);
  return true;
}

double PartSearch::bound() const {
  double bound = network_.top();
  if (!open_.empty()) bound = std::min(bound, open_.begin()->bound);
  bound = std::min(bound, diving_);
  return started_ ? bound : std::min(bound, network_.bound());
}

bool PartSearch::apply(const Decision& decision) {
  const auto& [variable, low, high, inside] = decision;
  if (network_.is_open(variable)) return network_.keep(variable, low, high, inside);
  // Settled or eliminated meanwhile, as the top came down; an eliminated one is best left alone.
  const ValueIndex value = network_.values(variable)[0];
  return network_.values(variable).size() > 1 || (value >= low && value <= high) == inside;
}

void PartSearch::keep(double bound, std::size_t decisions, const Decision* last) {
  if (bound >= network_.top()) return;
  Node node{bound, static_cast<std::uint32_t>(decisions), numbers_++, {}};
  node.decisions.reserve(decisions + 1);
  node.decisions.assign(decisions_.begin(), decisions_.begin() + static_cast<std::ptrdiff_t>(decisions));
  if (last != nullptr) node.decisions.push_back(*last);
  open_bytes_ += sizeof(Node) + 64 + node.decisions.size() * sizeof(Decision);
  open_.insert(std::move(node));
}

// Leaves the dive: what is not visited becomes open nodes.
void PartSearch::keep_all() {
  keep(network_.bound(), decisions_.size(), nullptr);
  while (!frames_.empty()) {
    const Frame frame = frames_.back();
    frames_.pop_back();
    network_.pop();
    const Decision other = frame.decision.opposite();
    keep(frame.bound, frame.decisions, &other);
  }
}

std::uint32_t PartSearch::choose_variable() const {
  if (last_failed_ != none && network_.is_open(last_failed_)) return last_failed_;
  std::uint32_t variable = none;
  double best = std::numeric_limits<double>::infinity();
  for (const std::uint32_t v : network_.open()) {
    const double rank = static_cast<double>(network_.values(v).size()) / network_.weight(v);
    if (rank < best || (rank == best && v < variable)) {
      best = rank;
      variable = v;
    }
  }
  return variable;
}

PartSearch::Decision PartSearch::choose() const {
  const std::uint32_t variable = choose_variable();
  const auto values = network_.values(variable);
  // The best assignment's value, else one that costs nothing.
  ValueIndex value = best_.empty() ? network_.support(variable) : best_[variable];
  if (!network_.is_left(variable, value)) value = network_.support(variable);
  const double* const unary = network_.unary(variable);
  if (best_.empty() || value != best_[variable])
    for (const ValueIndex a : values)
      if (unary[a] < unary[value] || (unary[value] > 0 && unary[a] == unary[value] && a < value)) value = a;
  if (values.size() <= many_values) return {variable, value, value, true};
  const auto [low, high] = std::ranges::minmax(values);
  const ValueIndex middle = low + (high - low) / 2;
  return value <= middle ? Decision{variable, low, middle, true} : Decision{variable, middle + 1, high, true};
}

void PartSearch::dive(const std::function<bool()>& stop, std::uint64_t work) {
  std::uint64_t failures = 0;
  bool consistent = network_.propagate();
  for (;;) {
    if (consistent && network_.open().empty()) {
      best_.resize(network_.size());
      network_.read_assignment(best_);
      best_cost_ = network_.bound();
      network_.set_top(best_cost_);
      consistent = false;
    }
    if (!consistent) {
      if (frames_.empty()) return;
      const Frame frame = frames_.back();
      frames_.pop_back();
      network_.pop();
      decisions_.resize(frame.decisions);
      ++failures;
      last_failed_ = frame.decision.variable;
      if (network_.bound() >= network_.top()) continue;
      decisions_.push_back(frame.decision.opposite());
      consistent = apply(decisions_.back()) && network_.propagate();
      continue;
    }
    ++nodes_;
    // Something is done in every dive, so that many short ones come to an end too.
    const bool enough = failures > 0 && (failures > limit_ || network_.work() >= work);
    exhausted_ = network_.bytes() > std::max(memory_, least_memory);
    if (enough || exhausted_ || stop()) return keep_all();
    const Decision decision = choose();
    frames_.push_back({decision, decisions_.size(), network_.bound()});
    network_.push();
    decisions_.push_back(decision);
    consistent = apply(decision) && network_.propagate();
  }
}

// Dives become longer when too much is spent on coming back to open nodes, and shorter when little is.
void PartSearch::adapt() {
  if (open_bytes_ > memory_ / 4)
    limit_ = std::numeric_limits<std::uint64_t>::max();
  else if (replayed_ > nodes_ / 10 && limit_ < most_failures)
    limit_ *= 2;
  else if (replayed_ < nodes_ / 20 && limit_ > 1)
    limit_ /= 2;
}

// Where a search does not end soon, costs are spread evenly at its root, if that makes a difference to the bound: it
// makes them slower to move afterwards.
bool PartSearch::tighten() {
  tightened_ = true;
  const double before = network_.bound();
  network_.push();
  if (!network_.diffuse()) return false;
  const double room = std::isfinite(network_.top()) ? network_.top() - before : before;
  if (network_.bound() - before < worthwhile_gain * room) network_.pop();
  return true;
}

void PartSearch::run(const std::function<bool()>& stop, std::uint64_t work) {
  network_.set_watch(&stop);
  if (!started_) {
    if (network_.propagate()) keep(network_.bound(), 0, nullptr);
    started_ = true;
  }
  while (!open_.empty() && !exhausted_ && network_.work() < work && !stop()) {
    if (!tightened_ && nodes_ > few_nodes && !tighten()) {
      open_.clear();
      open_bytes_ = 0;
      return;
    }
    Node node = std::move(open_.extract(open_.begin()).value());
    open_bytes_ -= sizeof(Node) + 64 + node.decisions.size() * sizeof(Decision);
    if (node.bound >= network_.top()) {
      open_.clear();
      open_bytes_ = 0;
      return;
    }
    adapt();
    network_.push();
    decisions_ = std::move(node.decisions);
    replayed_ += decisions_.size();
    bool consistent = true;
    for (std::size_t i = 0; consistent && i < decisions_.size(); ++i) consistent = apply(decisions_[i]);
    diving_ = node.bound;
    if (consistent) dive(stop, work);
    diving_ = std::numeric_limits<double>::infinity();
    network_.pop();
  }
}

}  // namespace entente
