// SPDX-License-Identifier: MIT
// What each global cost function costs, by its keyword.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "problem/formats/cost_automaton.hpp"
#include "problem/formats/global_functions.hpp"

namespace entente {
namespace {

using Tuple = std::span<const ValueIndex>;
constexpr double forbidden = std::numeric_limits<double>::infinity();
constexpr std::int64_t many = std::int64_t(1) << 53;

/// Turns how far a tuple is from what is wanted into a cost.
class Penalty {
 public:
  /// Reads `hard|lin|quad` and the cost of one violation.
  static Penalty read_metric(const GlobalParameters& p) {
    const std::string metric = p.word("the metric");
    if (metric != "hard" && metric != "lin" && metric != "quad")
      p.fail(fmt::format("{}: the metric is '{}'; expected hard, lin or quad", p.keyword, printable(metric)));
    const double cost = p.cost("the cost");
    return Penalty(cost, metric == "hard" ? Growth::none : metric == "quad" ? Growth::squared : Growth::linear);
  }
  /// How the cost of a violation grows with how far a tuple is from what is wanted.
  enum class Growth { none, linear, squared };
  explicit Penalty(double cost, Growth growth = Growth::linear) : cost_(cost), growth_(growth) {}

  double of(std::int64_t gap) const {
    if (gap == 0) return 0;
    const auto size = static_cast<double>(gap);
    return cost_ * (growth_ == Growth::none ? 1 : growth_ == Growth::linear ? size : size * size);
  }
  double cost() const { return cost_; }

 private:
  double cost_;
  Growth growth_;
};

/// Reads one of `allowed`, the way violations are counted.
std::string read_variant(const GlobalParameters& p, std::initializer_list<std::string_view> allowed) {
  const std::string variant = p.word("the metric");
  if (std::ranges::find(allowed, variant) == allowed.end())
    p.fail(fmt::format("{} {} is not supported; {} with {} is", p.keyword, printable(variant), p.keyword,
                       fmt::join(allowed, ", ")),
           ErrorCode::unsupported);
  return variant;
}

/// How often each value stands in a tuple.
class Occurrences {
 public:
  explicit Occurrences(Tuple tuple) : values_(tuple.begin(), tuple.end()) { std::ranges::sort(values_); }
  std::int64_t of(ValueIndex value) const {
    const auto [first, last] = std::equal_range(values_.begin(), values_.end(), value);
    return last - first;
  }
  /// Calls `each` with every count of equal values.
  template <class Each>
  void counts(Each each) const {
    for (auto first = values_.begin(); first != values_.end();) {
      const auto next = std::find_if(first, values_.end(), [&](ValueIndex value) { return value != *first; });
      each(static_cast<std::int64_t>(next - first));
      first = next;
    }
  }

 private:
  std::vector<ValueIndex> values_;
};

std::int64_t gap_outside(std::int64_t count, std::int64_t least, std::int64_t most) {
  return std::max({std::int64_t(0), least - count, count - most});
}

GlobalFunction arithmetic(const GlobalParameters& p) {
  if (p.arity() != 2) p.fail(fmt::format("{}: takes 2 variables; its scope has {}", p.keyword, p.arity()));
  const std::int64_t shift = p.integer("the constant", -many, many);
  const std::int64_t delta = p.integer("the largest violation", -many, many);
  const auto distance = [kind = p.keyword, shift](std::int64_t x, std::int64_t y) -> std::int64_t {
    if (kind == ">=") return y + shift - x;
    if (kind == ">") return y + shift + 1 - x;
    if (kind == "<=") return x - shift - y;
    if (kind == "<") return x - shift + 1 - y;
    return std::abs(y + shift - x);
  };
  return {[=](Tuple t) {
    const std::int64_t by = distance(t[0], t[1]);
    return by > delta ? forbidden : static_cast<double>(std::max<std::int64_t>(0, by));
  }};
}

GlobalFunction disjunction(const GlobalParameters& p) {
  if (p.arity() != 2) p.fail(fmt::format("{}: takes 2 variables; its scope has {}", p.keyword, p.arity()));
  const std::int64_t after_x = p.integer("the duration of x", -many, many);
  const std::int64_t after_y = p.integer("the duration of y", -many, many);
  const auto apart = [=](Tuple t) { return t[0] >= t[1] + after_y || t[1] >= t[0] + after_x; };
  if (p.keyword == "disj") {
    const double cost = p.cost("the penalty");
    return {[=](Tuple t) { return apart(t) ? 0.0 : cost; }};
  }
  const std::int64_t last_x = p.integer("the last value of x", -many, many);
  const std::int64_t last_y = p.integer("the last value of y", -many, many);
  const double cost_x = p.cost("the cost of the last value of x"), cost_y = p.cost("the cost of the last value of y");
  return {[=](Tuple t) {
    if (t[0] > last_x || t[1] > last_y || (t[0] < last_x && t[1] < last_y && !apart(t))) return forbidden;
    return (t[0] == last_x ? cost_x : 0) + (t[1] == last_y ? cost_y : 0);
  }};
}

GlobalFunction all_different(const GlobalParameters& p) {
  bool pairs = false;
  Penalty penalty(0);
  if (p.keyword == "walldiff") {
    penalty = Penalty::read_metric(p);
  } else if (p.keyword == "salldiffkp") {
    read_variant(p, {"hard"});
    p.cost("the cost");
    penalty = Penalty(forbidden);
  } else {
    pairs = read_variant(p, {"var", "dec", "decbi"}).starts_with("dec");
    penalty = Penalty(p.cost("the cost"));
  }
  const auto cost = [=](Tuple t) {
    double sum = 0;
    Occurrences(t).counts([&](std::int64_t count) { sum += penalty.of(pairs ? count * (count - 1) / 2 : count - 1); });
    return sum;
  };
  if (pairs || std::isinf(penalty.cost())) return {cost, penalty.cost()};
  return {cost};
}

struct Bound {
  ValueIndex value;
  std::int64_t least, most;
  double shortage = 0, excess = 0;
};

std::vector<Bound> read_bounds(const GlobalParameters& p, bool weights) {
  std::vector<Bound> bounds;
  const std::int64_t count = p.count("the number of values");
  for (std::int64_t i = 0; i < count; ++i) {
    Bound bound{};
    bound.value = static_cast<ValueIndex>(p.integer("a value", 0, std::numeric_limits<ValueIndex>::max()));
    bound.least = p.integer("a lower bound", 0, many);
    bound.most = p.integer("an upper bound", 0, many);
    if (weights) {
      bound.shortage = p.cost("a weight of shortage");
      bound.excess = p.cost("a weight of excess");
    }
    bounds.push_back(bound);
  }
  return bounds;
}

GlobalFunction cardinality(const GlobalParameters& p) {
  if (p.keyword == "wgcc") {
    const Penalty penalty = Penalty::read_metric(p);
    return {[penalty, bounds = read_bounds(p, false)](Tuple t) {
      const Occurrences occurrences(t);
      double sum = 0;
      for (const Bound& bound : bounds)
        sum += penalty.of(gap_outside(occurrences.of(bound.value), bound.least, bound.most));
      return sum;
    }};
  }
  const std::string variant = read_variant(p, {"var", "dec", "wdec"});
  const Penalty penalty(p.cost("the cost"));
  return {[penalty, variant, bounds = read_bounds(p, variant == "wdec")](Tuple t) {
    const Occurrences occurrences(t);
    std::int64_t shortage = 0, excess = 0;
    double weighted = 0;
    for (const Bound& bound : bounds) {
      const std::int64_t count = occurrences.of(bound.value);
      shortage += std::max<std::int64_t>(0, bound.least - count);
      excess += std::max<std::int64_t>(0, count - bound.most);
      if (count < bound.least) weighted += bound.shortage * static_cast<double>(bound.least - count);
      if (count > bound.most) weighted += bound.excess * static_cast<double>(count - bound.most);
    }
    if (variant == "wdec") return weighted;
    // One variable that changes its value mends a shortage and an excess at once.
    return penalty.of(variant == "var" ? std::max(shortage, excess) : shortage + excess);
  }};
}

/// Number of variables of `left` that have to change for both lists to hold the same values.
std::int64_t unmatched(std::vector<ValueIndex> left, std::vector<ValueIndex> right) {
  std::ranges::sort(left);
  std::ranges::sort(right);
  std::vector<ValueIndex> common;
  std::ranges::set_intersection(left, right, std::back_inserter(common));
  return static_cast<std::int64_t>(left.size() - common.size());
}

GlobalFunction same(const GlobalParameters& p) {
  std::vector<std::size_t> left, right;
  const Penalty penalty(p.cost("the cost"));
  const auto most = static_cast<std::int64_t>(p.arity());
  const std::int64_t first = p.integer("the size of the first list", 0, most);
  const std::int64_t second = p.integer("the size of the second list", 0, most);
  if (first != second)
    p.fail(fmt::format("{}: the lists have {} and {} variables; expected as many in both", p.keyword, first, second));
  for (std::int64_t i = 0; i < first; ++i) left.push_back(p.scope_position("a variable"));
  for (std::int64_t i = 0; i < second; ++i) right.push_back(p.scope_position("a variable"));
  return {[=](Tuple t) {
    std::vector<ValueIndex> a, b;
    for (const std::size_t k : left) a.push_back(t[k]);
    for (const std::size_t k : right) b.push_back(t[k]);
    return penalty.of(unmatched(std::move(a), std::move(b)));
  }};
}

std::set<ValueIndex> read_values(const GlobalParameters& p) {
  std::set<ValueIndex> values;
  const std::int64_t count = p.count("the number of values");
  for (std::int64_t i = 0; i < count; ++i)
    values.insert(static_cast<ValueIndex>(p.integer("a value", 0, std::numeric_limits<ValueIndex>::max())));
  return values;
}

std::int64_t members(Tuple tuple, const std::set<ValueIndex>& values) {
  return std::ranges::count_if(tuple, [&](ValueIndex value) { return values.count(value) > 0; });
}

GlobalFunction among(const GlobalParameters& p) {
  if (p.keyword == "wvaramong") {
    read_variant(p, {"hard"});
    const double cost = p.cost("the cost");
    if (p.arity() == 0) p.fail("wvaramong: takes at least one variable");
    return {[cost, values = read_values(p)](Tuple t) {
      return members(t.first(t.size() - 1), values) == t.back() ? 0 : cost;
    }};
  }
  Penalty penalty(0);
  std::int64_t least = 0, most = 0;
  std::set<ValueIndex> values;
  const auto read_limits = [&] {
    least = p.integer("the lower bound", -many, many);
    most = p.integer("the upper bound", -many, many);
  };
  if (p.keyword == "wamong") {
    penalty = Penalty::read_metric(p);
    values = read_values(p);
    read_limits();
  } else {
    read_variant(p, {"var"});
    penalty = Penalty(p.cost("the cost"));
    read_limits();
    values = read_values(p);
  }
  return {[=](Tuple t) { return penalty.of(gap_outside(members(t, values), least, most)); }};
}

/// How far a sum is from what a comparator wants.
std::function<std::int64_t(std::int64_t sum, std::int64_t right)> read_comparator(const GlobalParameters& p) {
  const std::string kind = p.word("the comparator");
  if (kind == "==") return [](std::int64_t sum, std::int64_t right) { return std::abs(right - sum); };
  if (kind == "!=") return [](std::int64_t sum, std::int64_t right) -> std::int64_t { return sum == right; };
  if (kind == "<=") return [](std::int64_t sum, std::int64_t right) { return std::max<std::int64_t>(0, sum - right); };
  if (kind == ">=") return [](std::int64_t sum, std::int64_t right) { return std::max<std::int64_t>(0, right - sum); };
  if (kind == "<")
    return [](std::int64_t sum, std::int64_t right) { return std::max<std::int64_t>(0, sum - right + 1); };
  if (kind == ">")
    return [](std::int64_t sum, std::int64_t right) { return std::max<std::int64_t>(0, right - sum + 1); };
  p.fail(fmt::format("{}: the comparator is '{}'; expected ==, !=, <, <=, > or >=", p.keyword, printable(kind)));
}

std::int64_t total(Tuple tuple) {
  std::int64_t sum = 0;
  for (const ValueIndex value : tuple) sum += value;
  return sum;
}

GlobalFunction sum(const GlobalParameters& p) {
  if (p.keyword == "wvarsum") {
    read_variant(p, {"hard"});
    const double cost = p.cost("the cost");
    if (p.arity() == 0) p.fail("wvarsum: takes at least one variable");
    return {[cost, gap = read_comparator(p)](Tuple t) {
      return gap(total(t.first(t.size() - 1)), t.back()) == 0 ? 0 : cost;
    }};
  }
  const Penalty penalty = Penalty::read_metric(p);
  const auto gap = read_comparator(p);
  const std::int64_t right = p.integer("the right-hand side", -many, many);
  if (p.keyword == "wsum") return {[=](Tuple t) { return penalty.of(gap(total(t), right)); }};
  if (p.arity() % 2) p.fail(fmt::format("woverlap: takes two lists of equal size; its scope has {}", p.arity()));
  return {[=](Tuple t) {
    const std::size_t half = t.size() / 2;
    std::int64_t equal = 0;
    for (std::size_t k = 0; k < half; ++k) equal += t[k] != 0 && t[k] == t[k + half];
    return penalty.of(gap(equal, right));
  }};
}

GlobalFunction regular(const GlobalParameters& p) {
  double substitution = forbidden;
  if (p.keyword != "wregular") {
    read_variant(p, {"var"});
    substitution = p.cost("the cost");
  }
  CostAutomaton automaton = CostAutomaton::read(p, p.keyword == "wregular");
  automaton.substitution = substitution;
  const std::size_t steps = automaton.start.size() + automaton.transitions.size();
  return {[automaton](Tuple t) { return automaton.cost(t); }, {}, p.arity() * steps};
}

GlobalFunction largest(const GlobalParameters& p) {
  const double other = p.cost("the default cost");
  std::map<std::pair<std::size_t, ValueIndex>, double> costs;
  const std::int64_t count = p.count("the number of tuples");
  for (std::int64_t i = 0; i < count; ++i) {
    const std::size_t position = p.scope_position("a variable");
    const auto value = static_cast<ValueIndex>(p.integer("a value", 0, p.sizes[position] - 1));
    costs[{position, value}] = p.cost("a cost");
  }
  return {[=](Tuple t) {
    double most = 0;
    for (std::size_t k = 0; k < t.size(); ++k) {
      const auto found = costs.find({k, t[k]});
      most = std::max(most, found == costs.end() ? other : found->second);
    }
    return most;
  }};
}

GlobalFunction clique(const GlobalParameters& p) {
  const std::int64_t most = p.integer("the number of occurrences", 0, many);
  std::vector<std::set<ValueIndex>> values;
  for (std::size_t k = 0; k < p.arity(); ++k) values.push_back(read_values(p));
  return {[=](Tuple t) {
    std::int64_t count = 0;
    for (std::size_t k = 0; k < t.size(); ++k) count += values[k].count(t[k]) > 0;
    return count <= most ? 0 : forbidden;
  }};
}

GlobalFunction knapsack(const GlobalParameters& p) {
  constexpr std::int64_t heavy = std::int64_t(1) << 40;  // sums stay exact
  const std::int64_t least = p.integer("the capacity", -many, many);
  std::vector<std::map<ValueIndex, std::int64_t>> weights(p.arity());
  const auto read_weight = [&](std::size_t position) {
    const auto value = static_cast<ValueIndex>(p.integer("a value", 0, p.sizes[position] - 1));
    weights[position][value] = p.integer("a weight", -heavy, heavy);
  };
  if (p.keyword == "knapsack") {
    for (std::size_t k = 0; k < p.arity(); ++k) {
      const std::int64_t weight = p.integer("a weight", -heavy, heavy);
      for (ValueIndex value = 0; value < p.sizes[k]; ++value) weights[k][value] = weight * value;
    }
  } else if (p.keyword == "knapsackp") {
    for (std::size_t k = 0; k < p.arity(); ++k) {
      const std::int64_t count = p.count("the number of values");
      for (std::int64_t i = 0; i < count; ++i) read_weight(k);
    }
  } else {
    const std::int64_t count = p.count("the number of triplets");
    for (std::int64_t i = 0; i < count; ++i) read_weight(p.scope_position("a variable"));
  }
  return {[=](Tuple t) {
    std::int64_t weight = 0;
    for (std::size_t k = 0; k < t.size(); ++k)
      if (const auto found = weights[k].find(t[k]); found != weights[k].end()) weight += found->second;
    return weight >= least ? 0 : forbidden;
  }};
}

using Reader = GlobalFunction (*)(const GlobalParameters&);

const std::map<std::string_view, Reader>& readers() {
  static const std::map<std::string_view, Reader> table = {
      {">=", arithmetic},
      {">", arithmetic},
      {"<=", arithmetic},
      {"<", arithmetic},
      {"=", arithmetic},
      {"disj", disjunction},
      {"sdisj", disjunction},
      {"salldiff", all_different},
      {"salldiffdp", all_different},
      {"salldiffkp", all_different},
      {"walldiff", all_different},
      {"sgcc", cardinality},
      {"sgccdp", cardinality},
      {"wgcc", cardinality},
      {"ssame", same},
      {"samong", among},
      {"samongdp", among},
      {"wamong", among},
      {"wvaramong", among},
      {"wsum", sum},
      {"wvarsum", sum},
      {"woverlap", sum},
      {"sregular", regular},
      {"sregulardp", regular},
      {"wregular", regular},
      {"max", largest},
      {"smaxdp", largest},
      {"clique", clique},
      {"knapsack", knapsack},
      {"knapsackp", knapsack},
      {"knapsackv", knapsack},
  };
  return table;
}

}  // namespace

GlobalFunction read_global_function(const GlobalParameters& parameters) {
  const auto found = readers().find(parameters.keyword);
  if (found == readers().end()) {
    std::string known;
    for (const auto& [keyword, reader] : readers()) known += (known.empty() ? "" : " ") + std::string(keyword);
    parameters.fail(fmt::format("cost function '{}' is not supported; give its table, or one of: {}",
                                printable(parameters.keyword), known),
                    ErrorCode::unsupported);
  }
  return found->second(parameters);
}

}  // namespace entente
