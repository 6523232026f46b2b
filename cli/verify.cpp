// SPDX-License-Identifier: MIT
// entente verify: recomputes what a result claims, on a path of its own.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>

#include "certificate.hpp"
#include "command.hpp"
#include "coordination.hpp"
#include "entente/base/error.hpp"
#include "entente/solve/check_certificate.hpp"
#include "options.hpp"
#include "output.hpp"
#include "problem_files.hpp"

namespace entente::cli {
namespace {

std::string read_text(const std::string& path) {
  const auto fail = [&] {
    throw Error(ErrorCode::bad_input, Place{path, 0, 0, {}}, fmt::format("cannot be read: {}", std::strerror(errno)));
  };
  const int file = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) fail();
  std::string text;
  std::vector<char> block(1 << 16);
  for (;;) {
    const ssize_t count = ::read(file, block.data(), block.size());
    if (count == 0) break;
    if (count > 0)
      text.append(block.data(), static_cast<std::size_t>(count));
    else if (errno != EINTR)
      fail();
  }
  if (file != STDIN_FILENO) ::close(file);
  return text;
}

nlohmann::json read_json(const std::string& path) {
  const std::string text = read_text(path);
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& problem) {
    throw Error(ErrorCode::bad_input, Place{path, 0, 0, {}},
                fmt::format("is no JSON result of 'entente solve': {}", printable(problem.what(), 300)));
  }
}

/// The value of `domain` that `given` stands for: an equal one, else one with the same text. No two values of a domain
/// are equal.
ValueIndex find_value(const Domain& domain, const nlohmann::json& given) {
  std::optional<Value> value;
  if (given.is_boolean()) value = given.get<bool>();
  if (given.is_number_integer()) value = given.get<std::int64_t>();
  if (given.is_number_float()) value = given.get<double>();
  if (given.is_string()) value = given.get<std::string>();
  if (!value) return no_value;
  const auto find = [&](auto matches) {
    for (std::size_t i = 0; i < domain.values.size(); ++i) {
      if (matches(domain.values[i])) return static_cast<ValueIndex>(i);
    }
    return no_value;
  };
  ValueIndex found = find([&](const Value& one) { return same_value(one, *value); });
  if (found == no_value) found = find([&](const Value& one) { return to_text(one) == to_text(*value); });
  return found;
}

/// Adds numbers so that the result hardly depends on their order (Neumaier, 1974).
class Sum {
 public:
  void add(double x) {
    const double total = sum_ + x;
    rest_ += std::abs(sum_) >= std::abs(x) ? (sum_ - total) + x : (x - total) + sum_;
    sum_ = total;
    size_ += std::abs(x);
  }
  double value() const { return sum_ + rest_; }
  /// Sum of the absolute values: what rounding errors are to be measured by.
  double size() const { return size_; }

 private:
  double sum_ = 0, rest_ = 0, size_ = 0;
};

struct Verdict {
  bool ok = true;
  nlohmann::json report = nlohmann::json::object();

  void complain(const std::string& key, const std::string& text) {
    constexpr std::size_t enough = 20;
    ok = false;
    auto& list = report[key];
    if (list.size() < enough) list.push_back(text);
    if (list.size() == enough) list.push_back("…");
  }
};

std::vector<ValueIndex> read_assignment(const Problem& problem, const nlohmann::json& given, Verdict& verdict) {
  std::vector<ValueIndex> assignment(problem.variable_count(), no_value);
  for (const auto& [name, value] : given.items()) {
    const auto variable = problem.find_variable(name);
    if (!variable) {
      verdict.complain("unknown", name);
      continue;
    }
    assignment[*variable] = find_value(problem.domain(*variable), value);
    if (assignment[*variable] == no_value) {
      verdict.complain("wrong", fmt::format("{}: {} is no value of its domain", name, value.dump()));
      assignment[*variable] = no_value;
    }
  }
  for (VariableId v = 0; v < assignment.size(); ++v) {
    if (assignment[v] == no_value && !given.contains(problem.variable_name(v))) {
      verdict.complain("missing", problem.variable_name(v));
    }
  }
  return assignment;
}

/// Compares with what the result says of itself; a number it does not give claims nothing.
void judge(const Problem& problem, const std::vector<ValueIndex>& assignment, const nlohmann::json& result,
           Verdict& verdict) {
  Sum cost;
  std::uint64_t violations = 0;
  const auto count = [&](double one) { problem.is_hard(one) ? void(++violations) : cost.add(one); };
  std::vector<ValueIndex> tuple;
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    tuple.clear();
    for (const VariableId v : problem.scope(c)) tuple.push_back(assignment[v]);
    count(problem.cost(c, tuple));
  }
  for (VariableId v = 0; v < problem.variable_count(); ++v) {
    const auto costs = problem.unary_costs(v);
    if (!costs.empty()) count(costs[static_cast<std::size_t>(assignment[v])]);
  }
  if (const auto limit = problem.cost_limit()) {
    const bool below = cost.value()<*limit, above = cost.value()> * limit;
    if (!(problem.objective() == Objective::minimise ? below : above)) ++violations;
    verdict.report["limit"] = *limit;
  }
  verdict.report["cost"] = cost.value();
  verdict.report["violation"] = violations;

  // Ten digits of the largest partial sum: far above rounding, far below a wrong cost.
  const double tolerance = 1e-10 * std::max(1.0, cost.size());
  if (const auto claim = result.find("cost"); claim != result.end() && claim->is_number()) {
    verdict.report["claimed"]["cost"] = *claim;
    verdict.ok = verdict.ok && std::abs(claim->get<double>() - cost.value()) <= tolerance;
  }
  if (const auto claim = result.find("violation"); claim != result.end() && claim->is_number()) {
    verdict.report["claimed"]["violation"] = *claim;
    verdict.ok = verdict.ok && *claim == violations;
  }
}

/// Solves the groups of a certificate anew, and holds the result to what they prove.
void judge_certificate(const Problem& problem, const nlohmann::json& given, const std::string& file,
                       const nlohmann::json& result, Verdict& verdict) {
  const Certificate certificate = read_certificate(problem, given, file);
  const auto complain = [&](const std::string& fault) { verdict.complain("certificate_faults", fault); };
  for (const std::string& fault : check_certificate(problem, certificate)) complain(fault);
  const double proven = certificate.bound(problem), stated = stated_bound(given);
  const double tolerance = 1e-9 * std::max(1.0, std::abs(proven));
  if (!(stated == proven || std::abs(stated - proven) <= tolerance))
    complain(fmt::format("its bound is said to be {}, but its groups add up to {}", stated, proven));
  const double sign = problem.objective() == Objective::minimise ? 1 : -1;
  if (const auto claim = result.find("bound"); claim != result.end() && claim->is_number()) {
    verdict.report["claimed"]["bound"] = *claim;
    if (sign * claim->get<double>() > sign * proven + tolerance)
      complain(fmt::format("the result's bound is {}, but no better bound than {} is proven", claim->dump(), proven));
  }
  if (!std::isfinite(proven)) {
    verdict.report["proven"] = "infeasible";
    return;
  }
  verdict.report["proven"] = proven;
  const nlohmann::json& cost = verdict.report["cost"];
  verdict.report["optimal"] = verdict.ok && cost.is_number() && verdict.report["violation"] == 0 &&
                              std::abs(cost.get<double>() - proven) <= tolerance;
}

class Verify final : public Command {
 public:
  explicit Verify(CLI::App& program) {
    app = program.add_subcommand(
        "verify",
        "Recomputes cost and violations of a result without the solver's tables and compares them with what the result "
        "claims. Exit code 0: complete, and the claims hold; 1: not so; 2: unusable input.");
    app->fallthrough();
    set_example(*app, "entente verify examples/smart_lights.yaml result.json");
    problem_.declare(*app, false);
    add_texts(*app, "FILE", files_, "FILE", "the problem's file or files and, last, the result of 'entente solve'")
        ->required();
    add_flag(*app, "--certificate", certificate_,
             "also solve the groups of the result's certificate anew, and say what they prove");
    add_text(*app, "--certificate_file", certificate_file_, "FILE", "the same with a certificate from another file");
  }

  int run(Invocation& invocation) override {
    if (files_.size() < 2) {
      throw Error(ErrorCode::wrong_use, "verify needs a problem file and a result file, in this order");
    }
    problem_.files.assign(files_.begin(), files_.end() - 1);
    if (problem_.files.size() == 1 && is_coordination_problem(problem_.files.front())) {
      refuse_options(*app, {"--certificate", "--certificate_file", "--infinity", "--evidence", "--ext"},
                     files_.front());
      const CoordinationProblem problem = read_coordination(invocation, files_.front());
      return print(judge_coordination(problem, read_json(files_.back()), files_.back()), invocation);
    }
    // Expressions are evaluated one by one here; no table that a solver may have used is built.
    BuildLimits limits;
    limits.cells_per_table = 0;
    const Problem problem = problem_.read(invocation, limits);
    const nlohmann::json result = read_json(files_.back());
    if (!result.is_object() || !result.contains("assignment") || !result["assignment"].is_object()) {
      throw Error(ErrorCode::bad_input, Place{files_.back(), 0, 0, {}},
                  "has no 'assignment'; expected the JSON result of 'entente solve'");
    }
    Verdict verdict;
    verdict.report["cost"] = verdict.report["violation"] = nullptr;
    const std::vector<ValueIndex> assignment = read_assignment(problem, result["assignment"], verdict);
    if (verdict.ok) judge(problem, assignment, result, verdict);
    if (!certificate_file_.empty())
      judge_certificate(problem, read_json(certificate_file_), certificate_file_, result, verdict);
    else if (certificate_)
      judge_certificate(problem, result, files_.back(), result, verdict);
    verdict.report["ok"] = verdict.ok;
    return print(verdict.report, invocation);
  }

 private:
  static int print(const nlohmann::json& report, const Invocation& invocation) {
    Output out;
    add_result_places(out, invocation);
    out.write(report.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    out.finish();
    return report["ok"] == true ? exit_ok : exit_negative;
  }

  ProblemFiles problem_;
  std::vector<std::string> files_;
  bool certificate_ = false;
  std::string certificate_file_;
};

}  // namespace

std::unique_ptr<Command> make_verify(CLI::App& program) { return std::make_unique<Verify>(program); }

}  // namespace entente::cli
