// SPDX-License-Identifier: MIT
#include "web/run_view.hpp"

#include <algorithm>
#include <utility>

#include "web/json.hpp"

namespace entente::web {
namespace {

using Json = nlohmann::json;

std::string error_text(const char* message) { return text_of({{"cmd", "error"}, {"message", message}}); }

Json value_of(const Problem& problem, const LiveState* state, VariableId variable) {
  if (!state || variable >= state->values.size()) return nullptr;
  const ValueIndex index = state->values[variable];
  if (index < 0 || index >= problem.domain_size(variable)) return nullptr;
  return json_of(problem.domain(variable).values[std::size_t(index)]);
}

}  // namespace

RunView::RunView(Problem problem) : problem_(std::move(problem)) {
  for (const AgentDefinition& agent : problem_.agents()) {
    defined_.emplace(agent.name, &agent);
    plan_.agents.push_back(agent.name);
  }
  take_agents();
}

void RunView::begin(RunPlan plan) {
  plan_ = std::move(plan);
  begun_ = true;
  state_text_.clear();
  take_agents();
}

void RunView::take_agents() {
  hosted_.assign(plan_.agents.size(), {});
  agent_.clear();
  for (std::uint32_t a = 0; a < plan_.agents.size(); ++a) agent_.emplace(plan_.agents[a], a);
  for (std::uint32_t c = 0; c < plan_.host.size(); ++c)
    if (plan_.host[c] < hosted_.size()) hosted_[plan_.host[c]].push_back(c);
}

void RunView::update(std::shared_ptr<const LiveState> state) {
  state_ = std::move(state);
  state_text_.clear();
  remember(*state_);
}

// A run of any length leaves a curve of at most so many points, evenly spread.
void RunView::remember(const LiveState& state) {
  if (states_++ % stride_ == 0) {
    const Progress& p = state.progress;
    history_.push_back({p.seconds, p.cycle, p.cost, p.best_cost});
  }
  if (history_.size() < most_moments) return;
  for (std::size_t i = 0; 2 * i < history_.size(); ++i) history_[i] = history_[2 * i];
  history_.resize((history_.size() + 1) / 2);
  stride_ *= 2;
}

std::uint32_t RunView::computation_count() const {
  const bool factors = begun_ && plan_.graph == Graph::factor;
  return problem_.variable_count() + (factors ? problem_.constraint_count() : 0);
}

std::string RunView::computation_name(std::uint32_t computation) const {
  const std::uint32_t variables = problem_.variable_count();
  return computation < variables ? problem_.variable_name(computation)
                                 : problem_.constraint_name(computation - variables);
}

std::string RunView::status() const {
  if (ended_) return "FINISHED";
  return state_ ? "RUNNING" : "WAITING";
}

std::string RunView::summary() const {
  Json json{{"evt", "state"}, {"status", status()}};
  if (state_) {
    const Progress& p = state_->progress;
    json.update(Json{{"best_cost", p.best_cost},
                     {"best_violation", p.best_violations},
                     {"cost", p.cost},
                     {"cycle", p.cycle},
                     {"msg_count", p.messages},
                     {"msg_size", p.message_bytes},
                     {"time", p.seconds},
                     {"violation", p.violations}});
    if (p.bound) json["bound"] = *p.bound;
    if (p.simulated_time) json["simulated_time"] = *p.simulated_time;
  }
  return text_of(json);
}

std::string RunView::state_text() const {
  if (!state_text_.empty() && !ended_) return state_text_;
  Json json = Json::parse(summary());
  json.erase("evt");
  const std::uint32_t variables = problem_.variable_count();
  const auto listed = std::uint32_t(std::min<std::size_t>(variables, most_values));
  Json values = Json::object();
  for (VariableId v = 0; v < listed; ++v) values[problem_.variable_name(v)] = value_of(problem_, state_.get(), v);
  json["values"] = std::move(values);
  json["left_out"] = variables - listed;
  Json history = Json::array();
  for (const Moment& moment : history_)
    history.push_back({moment.seconds, moment.cycle, moment.cost, moment.best_cost});
  json["history"] = std::move(history);
  return state_text_ = text_of(json);
}

/// Names of neighbours on the graph of the run, as long as `budget` lasts.
std::vector<std::string> RunView::neighbours(std::uint32_t computation, std::size_t& budget) const {
  const std::uint32_t variables = problem_.variable_count();
  const bool factors = begun_ && plan_.graph == Graph::factor;
  std::vector<std::uint32_t> found;
  if (computation >= variables) {
    const auto scope = problem_.scope(computation - variables);
    found.assign(scope.begin(), scope.end());
  } else {
    for (const ConstraintId c : problem_.constraints_of(computation)) {
      if (found.size() > 2 * budget) break;
      if (factors)
        found.push_back(variables + c);
      else
        found.insert(found.end(), problem_.scope(c).begin(), problem_.scope(c).end());
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::erase(found, computation);
  if (found.size() > budget) found.resize(budget);
  budget -= found.size();
  std::vector<std::string> names;
  for (const std::uint32_t neighbour : found) names.push_back(computation_name(neighbour));
  return names;
}

std::string RunView::computations_text() const {
  Json parameters = Json::object();
  for (const auto& [name, value] : plan_.parameters) parameters[name] = value;
  const std::uint32_t all = computation_count();
  Json list = Json::array();
  std::size_t budget = most_names;
  std::uint32_t c = 0;
  for (; c < all && list.size() < most_computations && budget > 0; ++c) {
    const std::string name = computation_name(c);
    const bool variable = c < problem_.variable_count();
    Json json{{"id", name},
              {"name", name},
              {"type", variable ? "VariableComputation" : "FactorComputation"},
              {"value", variable ? value_of(problem_, state_.get(), c) : Json()},
              {"neighbors", neighbours(c, budget)},
              {"algo", {{"name", plan_.algorithm}, {"params", parameters}}},
              {"cycles", state_ ? state_->cycle : 0},
              {"msg_count", nullptr},
              {"msg_size", nullptr},
              {"footprint", nullptr}};
    if (c < plan_.host.size() && plan_.host[c] < plan_.agents.size()) json["agent"] = plan_.agents[plan_.host[c]];
    list.push_back(std::move(json));
  }
  return text_of({{"cmd", "computations"}, {"computations", std::move(list)}, {"left_out", all - c}});
}

Json RunView::agent_json(std::size_t agent, std::size_t& budget) const {
  const std::string& name = plan_.agents[agent];
  Json json{
      {"name", name},       {"extra", Json::object()}, {"computations", Json::array()}, {"replicas", Json::array()},
      {"address", nullptr}, {"is_orchestrator", false}};
  if (const auto defined = defined_.find(name); defined != defined_.end()) {
    if (defined->second->capacity) json["capacity"] = *defined->second->capacity;
    for (const auto& [key, value] : defined->second->extra) json["extra"][key] = value;
  }
  const std::vector<std::uint32_t>& hosted = hosted_[agent];
  const std::size_t listed = std::min(budget, hosted.size());
  for (std::size_t i = 0; i < listed; ++i) json["computations"].push_back(computation_name(hosted[i]));
  budget -= listed;
  return json;
}

std::string RunView::agents_text() const {
  Json list = Json::array();
  std::size_t budget = most_names;
  std::size_t a = 0;
  for (; a < plan_.agents.size() && list.size() < most_computations && budget > 0; ++a)
    list.push_back(agent_json(a, budget));
  return text_of({{"agents", std::move(list)}, {"left_out", plan_.agents.size() - a}});
}

std::string RunView::agent_text(std::string_view name) const {
  std::size_t budget = most_names;
  if (name.empty()) {
    Json json{{"name", "orchestrator"},    {"extra", Json::object()}, {"computations", Json::array()},
              {"replicas", Json::array()}, {"address", nullptr},      {"is_orchestrator", true}};
    const auto listed = std::uint32_t(std::min<std::size_t>(budget, computation_count()));
    for (std::uint32_t c = 0; c < listed; ++c) json["computations"].push_back(computation_name(c));
    return text_of({{"cmd", "agent"}, {"agent", std::move(json)}});
  }
  const auto agent = agent_.find(std::string(name));
  if (agent == agent_.end()) return error_text("there is no agent of this name");
  return text_of({{"cmd", "agent"}, {"agent", agent_json(agent->second, budget)}});
}

std::string answer(const RunView& view, std::string_view message) {
  const Json json = Json::parse(message, nullptr, false);
  const auto member = [&](const char* key) -> const std::string* {
    const auto found = json.is_object() ? json.find(key) : json.end();
    return found != json.end() && found->is_string() ? found->get_ptr<const std::string*>() : nullptr;
  };
  const std::string* const command = member("cmd");
  if (!command) return error_text("expected an object with cmd, as in {\"cmd\": \"agent\"}");
  if (*command == "test") return text_of({{"cmd", "test"}});
  if (*command == "computations") return view.computations_text();
  if (*command != "agent") return error_text("cmd is none of test, agent, computations");
  const std::string* const name = member("agent");
  return view.agent_text(name ? *name : std::string());
}

}  // namespace entente::web
