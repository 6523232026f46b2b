// SPDX-License-Identifier: MIT
// What an algorithm says about itself, as plain data: names, promises, parameters.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace entente {

/// The computation graph an algorithm runs on.
enum class Graph : std::uint8_t { constraint, factor, pseudotree, ordered };
/// Whether the runtime keeps cycles for it, or it answers each message when it comes.
enum class Timing : std::uint8_t { cycles, events };

/// Returns pyDCOP's name of a graph: `constraints_hypergraph`, `factor_graph`, `pseudotree`, `ordered_graph`.
std::string_view graph_name(Graph graph);

/// What may happen to the messages of an algorithm while it keeps all that it promises.
struct Tolerates {
  bool loss = false;        ///< Some never arrive.
  bool duplicates = false;  ///< Some arrive more than once.
  bool reordering = false;  ///< Those of one sender to one receiver may overtake each other.
};

/// What an algorithm file declares at its top.
struct Info {
  std::string_view name;          ///< The CLI name, equal to the file's.
  std::string_view summary = {};  ///< One sentence for lists.
  Graph graph = Graph::constraint;
  Timing timing = Timing::cycles;
  bool complete = false;  ///< Ends with a proven optimum.
  bool monotone = false;  ///< The cost never rises from cycle to cycle.
  /// Event driven: the decisions do not depend on the order in which messages of different senders arrive. Only such
  /// algorithms run on more than one thread, because a result never depends on the number of threads.
  bool confluent = false;
  bool bound = false;  ///< Reports a proven bound with its answer.
  /// Proves by what its computations certify (`self.certify`) and by nothing else: an optimum, where the groups' costs
  /// add up to it.
  bool certified = false;
  /// Event driven: what its handlers bear. Synchronous algorithms need not say: their barrier bears duplicates and
  /// reordering, and needs every message.
  Tolerates tolerates = {};
  int optimal_in_groups = 0;     ///< At its own end no so many variables together can improve; 0: no such promise.
  std::string_view source = {};  ///< The paper.
};

/// A parameter as the user sees it.
struct ParameterInfo {
  std::string name;
  std::string type;  ///< `int`, `float`, `bool` or `str`.
  std::string default_value;
  double low = 0, high = 0;          ///< Numbers: inclusive range.
  std::vector<std::string> choices;  ///< Texts: what is allowed.
  std::string help;
};

/// `name:value`, as given on the command line.
using Setting = std::pair<std::string, std::string>;

}  // namespace entente
