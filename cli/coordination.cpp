// SPDX-License-Identifier: MIT
#include "coordination.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <numeric>
#include <span>

#include "entente/base/error.hpp"
#include "entente/solve/chart.hpp"
#include "json_members.hpp"
#include "options.hpp"
#include "output.hpp"
#include "result_json.hpp"
#include "signals.hpp"

namespace entente::cli {
namespace {

std::vector<std::string> ids_of(const CoordinationProblem& problem) {
  return std::visit(
      [](const auto& one) {
        std::vector<std::string> ids;
        for (const auto& agent : one.agents) ids.push_back(agent.id);
        return ids;
      },
      problem);
}

const std::string& name_of(const CoordinationProblem& problem) {
  return std::visit([](const auto& one) -> const std::string& { return one.name; }, problem);
}

void append_list(std::string& text, std::span<const double> numbers) {
  text += '[';
  for (const double& number : numbers) {
    if (&number != numbers.data()) text += ", ";
    append_json(text, number);
  }
  text += ']';
}

/// `z` and `theta` stand beside the agents, where no agent has that id.
void write_assignment(JsonMembers& result, const CoordinationProblem& problem, const CoordinationOutcome& outcome) {
  std::vector<std::string> ids = ids_of(problem);
  const std::size_t agents = ids.size();
  const std::pair<const char*, const std::vector<double>*> shared[] = {{"z", &outcome.z}, {"theta", &outcome.angles}};
  for (const auto& [name, numbers] : shared)
    if (!numbers->empty() && std::ranges::find(ids, name) == ids.end()) ids.emplace_back(name);
  std::vector<std::size_t> order(ids.size());
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::string_view(ids[i]); });

  result.member("assignment");
  JsonMembers values = result.inside();
  const std::size_t dimension = outcome.x.size() / agents;
  for (const std::size_t i : order) {
    if (i >= agents)
      append_list(values.member(ids[i]), ids[i] == "z" ? outcome.z : outcome.angles);
    else if (!outcome.choice.empty())
      values.add(ids[i], std::uint64_t(outcome.choice[i]));
    else if (!outcome.x.empty())
      append_list(values.member(ids[i]), std::span(outcome.x).subspan(i * dimension, dimension));
  }
  values.close();
}

/// Limits count as kept up to this much of the size of what is limited.
constexpr double tolerance = 1e-4;

double size_of(std::span<const double> numbers) {
  double size = 1;
  for (const double x : numbers) size = std::max(size, std::abs(x));
  return size;
}

void write_result(Output& out, const CoordinationProblem& problem, const CoordinationOutcome& outcome,
                  std::uint64_t seed) {
  const bool known = !outcome.choice.empty() || !outcome.x.empty();
  JsonMembers result(out, JsonForm::document);
  result.add("algorithm", std::string_view(outcome.method));
  write_assignment(result, problem, outcome);
  outcome.bound ? result.add("bound", *outcome.bound) : result.add_null("bound");
  result.member("converged") += outcome.converged ? "true" : "false";
  known ? result.add("cost", outcome.cost) : result.add_null("cost");
  result.add("cycle", outcome.cycles);
  outcome.gap ? result.add("gap", *outcome.gap) : result.add_null("gap");
  result.add("msg_count", outcome.messages);
  result.add("msg_size", outcome.message_bytes);
  if (!outcome.prices.empty()) append_list(result.member("prices"), outcome.prices);
  result.add("problem", std::string_view(name_of(problem)));
  if (!outcome.x.empty()) result.add("residual", outcome.residual);
  result.add("seed", seed);
  result.add("status", status_name(outcome.status));
  result.add("time", outcome.seconds);
  known ? result.add("violation", std::uint64_t(outcome.residual > tolerance * size_of(outcome.x)))
        : result.add_null("violation");
  if (!outcome.z.empty()) append_list(result.member("z"), outcome.z);
  result.close();
  out.write("\n");
}

std::string progress_line(const CoordinationProgress& p) {
  std::string text = fmt::format("cycle {}", p.cycle);
  if (p.cost) text += fmt::format("  best {:.10g}", *p.cost);
  if (p.bound) text += fmt::format("  bound {:.10g}", *p.bound);
  if (p.residual) text += fmt::format("  residual {:.3g}", *p.residual);
  return text + fmt::format("  {} messages  {:.1f} s", p.messages, p.seconds);
}

}  // namespace

CoordinationProblem read_coordination(Invocation& invocation, const std::string& file) {
  ReadOptions options;
  options.warn = [&invocation](const std::string& text) { invocation.console.warning(text); };
  CoordinationProblem problem = read_coordination_problem(file, options);
  invocation.console.info(fmt::format("read '{}': {} agents", name_of(problem), ids_of(problem).size()));
  return problem;
}

void refuse_options(const CLI::App& app, std::initializer_list<const char*> names, const std::string& file) {
  for (const char* const name : names)
    if (app.get_option(name)->count() > 0)
      throw Error(ErrorCode::wrong_use,
                  fmt::format("{} belongs to constraint problems; '{}' is a schedule or resource problem: leave it out",
                              name, printable(file)));
}

int solve_coordination(Invocation& invocation, const CoordinationProblem& problem, CoordinationRequest request,
                       const std::string& chart) {
  Output out, picture;
  add_result_places(out, invocation);
  if (!chart.empty()) picture.add_file(chart, "--chart");
  request.say = [&invocation](const std::string& text) { invocation.console.note(text); };
  if (invocation.options.verbosity >= 3)
    request.on_progress = [&](const CoordinationProgress& p) { invocation.console.debug(progress_line(p)); };
  else if (invocation.console.live())
    request.on_progress = [&](const CoordinationProgress& p) { invocation.console.progress(progress_line(p)); };
  request.interrupt = &stop_gracefully();
  const CoordinationOutcome outcome = coordinate(problem, request);
  end_process_in(0);
  invocation.console.end_progress();
  if (!outcome.message.empty()) invocation.console.note(outcome.message);
  write_result(out, problem, outcome, invocation.options.seed);
  out.finish();
  if (!chart.empty() && outcome.status != Status::infeasible) picture.write(chart_svg(chart_of(problem, outcome)));
  picture.finish();
  invocation.console.info(fmt::format("{} after {:.3f} s: cost {}, {} messages", status_name(outcome.status),
                                      outcome.seconds, outcome.cost, outcome.messages));
  if (const int signal = caught_signal()) return 128 + signal;
  if (outcome.status == Status::error) return exit_internal;
  return outcome.status == Status::infeasible ? exit_negative : exit_ok;
}

namespace {

using nlohmann::json;

/// What is wrong with a result, by kind; few examples are enough.
struct Faults {
  json report = json::object();
  bool none = true;

  void add(const std::string& key, const std::string& text) {
    none = false;
    if (json& list = report[key]; list.size() < 20) list.push_back(text);
  }
};

void judge(const ScheduleProblem& problem, const json& assignment, Faults& faults) {
  std::vector<std::uint32_t> choice;
  for (const ScheduleAgent& agent : problem.agents) {
    const auto given = assignment.find(agent.id);
    if (given == assignment.end()) {
      faults.add("missing", agent.id);
      continue;
    }
    std::uint32_t index = 0;
    if (given->is_number_integer() && *given >= 0 && *given < agent.count) {
      index = given->get<std::uint32_t>();
    } else if (given->is_array()) {
      while (index < agent.count && json(agent.schedule(index, problem.steps())) != *given) ++index;
      if (index == agent.count) faults.add("wrong", agent.id + ": is none of its schedules");
    } else {
      faults.add("wrong",
                 fmt::format("{}: {} is no index of its {} schedules", agent.id,
                             printable(given->dump(-1, ' ', false, json::error_handler_t::replace)), agent.count));
    }
    choice.push_back(index);
  }
  for (const auto& [id, value] : assignment.items())
    if (std::ranges::find(problem.agents, id, &ScheduleAgent::id) == problem.agents.end()) faults.add("unknown", id);
  if (!faults.none) return;
  faults.report["cost"] = problem.cost(choice);
  faults.report["violation"] = 0;
}

void judge(const ResourceProblem& problem, const json& assignment, Faults& faults) {
  std::vector<double> x;
  for (const ResourceAgent& agent : problem.agents) {
    auto given = assignment.find(agent.id);
    if (given == assignment.end() && problem.kind == ResourceKind::consensus) given = assignment.find("z");
    if (given == assignment.end()) {
      faults.add("missing", agent.id);
      continue;
    }
    const json numbers = given->is_number() ? json::array({*given}) : *given;
    const bool fits = numbers.is_array() && numbers.size() == problem.dimension &&
                      std::ranges::all_of(numbers, [](const json& one) { return one.is_number(); });
    if (fits)
      for (const json& number : numbers) x.push_back(number.get<double>());
    else
      faults.add("wrong", fmt::format("{}: is no list of {} numbers", agent.id, problem.dimension));
  }
  if (!faults.none) return;
  const double residual = problem.violation(x);
  faults.report["cost"] = problem.cost(x);
  faults.report["residual"] = residual;
  faults.report["violation"] = int(residual > tolerance * size_of(x));
  if (residual > tolerance * size_of(x)) faults.add("limits", fmt::format("a limit is passed by {}", residual));
}

}  // namespace

json judge_coordination(const CoordinationProblem& problem, const json& result, const std::string& result_file) {
  if (!result.is_object() || !result.contains("assignment") || !result["assignment"].is_object())
    throw Error(ErrorCode::bad_input, Place{result_file, 0, 0, {}},
                "has no 'assignment'; expected the JSON result of 'entente solve'");
  Faults faults;
  faults.report["cost"] = faults.report["violation"] = nullptr;
  std::visit([&](const auto& one) { judge(one, result["assignment"], faults); }, problem);
  const json& cost = faults.report["cost"];
  const auto close = [](double a, double b) {
    return std::abs(a - b) <= 1e-6 * std::max({1.0, std::abs(a), std::abs(b)});
  };
  if (const auto claim = result.find("cost"); cost.is_number() && claim != result.end() && claim->is_number()) {
    faults.report["claimed"]["cost"] = *claim;
    if (!close(*claim, cost)) faults.add("claims", fmt::format("the cost is {}, not {}", cost.dump(), claim->dump()));
  }
  if (const auto claim = result.find("bound"); cost.is_number() && claim != result.end() && claim->is_number()) {
    faults.report["claimed"]["bound"] = *claim;
    if (claim->get<double>() > cost.get<double>() && !close(*claim, cost))
      faults.add("claims", fmt::format("the bound {} is above the cost {}", claim->dump(), cost.dump()));
  }
  faults.report["ok"] = faults.none;
  return faults.report;
}

}  // namespace entente::cli
