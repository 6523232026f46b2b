// SPDX-License-Identifier: MIT
// One agent among neighbours, and its participant.
#include "entente/coordinators/neighbour_admm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coordinators/sharing_loop.hpp"
#include "entente/base/error.hpp"
#include "entente/carriers/wire.hpp"
#include "kernel/quadratic/agent_batch.hpp"

namespace entente {
namespace {

constexpr std::uint32_t over = 0xffffffff;

double largest(std::span<const double> values) {
  double most = 0;
  for (const double value : values) most = std::max(most, std::abs(value));
  return most;
}

}  // namespace

struct NeighbourAdmmAgent::State {
  explicit State(std::size_t dimension)
      : n(dimension),
        program(dimension),
        point(n, 0),
        asked(n, 0),
        last(n, 0),
        x(program.stride(), 0),
        centre(program.stride(), 0) {}

  std::size_t n;
  bool sharing = true, holder = false;
  double rho = 1, degree = 1;  // the holder's counts the coupling as a neighbour
  std::string id;
  quadratic::AgentBatch program;
  std::vector<double> point, asked, last, x, centre;  // asked: what the multipliers p make of neighbours' differences
  // The holder's view of the coupling, which is an agent of its own with one neighbour.
  admm::PriceModel coupling;
  std::vector<double> coupling_point, coupling_asked;
  double disagreement = 0;
};

NeighbourAdmmAgent::NeighbourAdmmAgent(NeighbourAdmmAgent&&) noexcept = default;
NeighbourAdmmAgent& NeighbourAdmmAgent::operator=(NeighbourAdmmAgent&&) noexcept = default;
NeighbourAdmmAgent::~NeighbourAdmmAgent() = default;

NeighbourAdmmAgent::NeighbourAdmmAgent(const ResourceProblem& problem, std::size_t agent, bool holder,
                                       std::size_t agents, std::size_t neighbours, double penalty)
    : state_(std::make_unique<State>(problem.dimension)) {
  State& s = *state_;
  if (problem.kind == ResourceKind::network) {
    throw Error(ErrorCode::unsupported,
                "ADMM among neighbours: a network's buses talk to neighbours alone in any case");
  }
  if (!(penalty > 0) || !std::isfinite(penalty)) {
    throw Error(ErrorCode::wrong_use,
                fmt::format("ADMM among neighbours: penalty {} is outside (0, infinity)", penalty));
  }
  s.sharing = problem.kind == ResourceKind::sharing;
  s.holder = holder && s.sharing;
  s.rho = penalty;
  s.id = problem.agents[agent].id;
  s.degree = std::max(1.0, static_cast<double>(neighbours) + (s.holder ? 1 : 0));
  ResourceAgent model = problem.agents[agent];
  if (!s.sharing) model.l1 += problem.coupling_l1 / static_cast<double>(agents);
  s.program.add(model);
  s.program.set_weight(s.sharing ? 1 / (2 * s.rho * s.degree) : 2 * s.rho * s.degree);
  if (!s.holder) return;
  s.coupling = admm::price_model(problem);
  s.coupling_point.assign(s.n, 0);
  s.coupling_asked.assign(s.n, 0);
}

void NeighbourAdmmAgent::step(std::span<const double> sum_of_neighbours) {
  State& s = *state_;
  const double reach = 2 * s.rho * s.degree;
  s.last = s.point;
  std::vector<double> middle(s.n);
  for (std::size_t k = 0; k < s.n; ++k) {
    const double sum = sum_of_neighbours[k] + (s.holder ? s.coupling_point[k] : 0);
    middle[k] = 0.5 * (s.point[k] + sum / s.degree);
    s.centre[k] = s.sharing ? s.asked[k] - reach * middle[k] : middle[k] - s.asked[k] / reach;
  }
  if (!s.program.step(nullptr, s.centre.data(), 0, 1, s.x.data())) {
    throw Error(ErrorCode::bad_input, fmt::format("agent {}: {}", printable(s.id), s.program.conflict()->why));
  }
  if (s.holder) {
    for (std::size_t k = 0; k < s.n; ++k) {
      const double own = 0.5 * (s.coupling_point[k] + s.point[k]);
      s.coupling_point[k] = std::clamp(
          (2 * s.rho * own - s.coupling.rhs[k] - s.coupling_asked[k]) / (s.coupling.curvature[k] + 2 * s.rho),
          s.coupling.lower[k], s.coupling.upper[k]);
    }
  }
  for (std::size_t k = 0; k < s.n; ++k) {
    s.point[k] = s.sharing ? middle[k] + (s.x[k] - s.asked[k]) / reach : s.x[k];
  }
}

void NeighbourAdmmAgent::learn(std::span<const double> sum_of_neighbours) {
  State& s = *state_;
  s.disagreement = 0;
  for (std::size_t k = 0; k < s.n; ++k) {
    double difference = s.degree * s.point[k] - sum_of_neighbours[k];
    if (s.holder) {
      difference -= s.coupling_point[k];
      s.coupling_asked[k] += s.rho * (s.coupling_point[k] - s.point[k]);
    }
    s.asked[k] += s.rho * difference;
    s.disagreement = std::max(s.disagreement, std::abs(difference) / s.degree);
  }
}

std::span<const double> NeighbourAdmmAgent::point() const { return state_->point; }
std::span<const double> NeighbourAdmmAgent::x() const { return {state_->x.data(), state_->n}; }
double NeighbourAdmmAgent::disagreement() const { return state_->disagreement; }

double NeighbourAdmmAgent::imbalance() const {
  const State& s = *state_;
  double most = 0;
  for (std::size_t k = 0; k < s.n; ++k) {
    most = std::max(most, s.sharing ? std::abs(s.x[k] - s.asked[k]) : std::abs(s.point[k] - s.last[k]));
  }
  return most;
}

bool NeighbourAdmmAgent::settled(double tolerance, double relative_tolerance) const {
  const State& s = *state_;
  const double near = tolerance + relative_tolerance * largest(s.point);
  double moved = 0;
  for (std::size_t k = 0; k < s.n; ++k) moved = std::max(moved, std::abs(s.point[k] - s.last[k]));
  return s.disagreement <= near && moved <= near &&
         (!s.sharing || imbalance() <= tolerance + relative_tolerance * largest(x()));
}

NeighbourAdmmParticipant::NeighbourAdmmParticipant(const ResourceProblem& problem, std::size_t agent,
                                                   std::size_t agents, bool holder, NeighbourAdmmSettings settings)
    : agents_(agents), holder_(holder), settings_(settings) {
  if (agent >= problem.agents.size()) {
    throw Error(ErrorCode::wrong_use, fmt::format("ADMM among neighbours: there is no agent {}", agent));
  }
  problem_ = ResourceProblem{.name = {},
                             .kind = problem.kind,
                             .dimension = problem.dimension,
                             .agents = {problem.agents[agent]},
                             .coupling = problem.coupling,
                             .rhs = problem.rhs,
                             .weights = problem.weights,
                             .coupling_l1 = problem.coupling_l1,
                             .lines = {}};
}

void NeighbourAdmmParticipant::begin(Carrier& carrier) {
  begun_ = true;
  const std::size_t neighbours = carrier.others().size();
  if (neighbours == 0 && agents_ > 1) {
    throw Error(ErrorCode::wrong_use,
                fmt::format("ADMM among neighbours: agent {} has no neighbours", printable(problem_.agents[0].id)));
  }
  agent_.emplace(problem_, 0, holder_, agents_, neighbours, settings_.penalty);
  neighbours_.assign(problem_.dimension, 0);
  agent_->step(neighbours_);
  tell(carrier, 1, 0);
}

void NeighbourAdmmParticipant::tell(Carrier& carrier, std::uint64_t round, std::uint32_t quiet) const {
  const std::span<const double> point = agent_->point();
  const Content content(NeighbourAdmmMessage{round, {point.begin(), point.end()}, quiet});
  for (const Address to : carrier.others()) carrier.send(to, content);
}

void NeighbourAdmmParticipant::finish(Carrier& carrier, bool converged) {
  finished_ = true;
  converged_ = converged;
  mail_.clear();
  if (converged) tell(carrier, round_ + 1, over);
}

void NeighbourAdmmParticipant::on_message(Carrier& carrier, const Content& content, const Meta& meta) {
  const NeighbourAdmmMessage* message = content.get<NeighbourAdmmMessage>();
  if (!message) content.as<NeighbourAdmmStart>();
  if (finished_) return;
  if (!begun_) begin(carrier);
  if (message) {
    if (message->round <= round_) return;  // a double
    if (message->point.size() != problem_.dimension) {
      throw Error(ErrorCode::bad_input, fmt::format("ADMM among neighbours: a point of {} numbers came; expected {}",
                                                    message->point.size(), problem_.dimension));
    }
    Mail& mail = mail_[message->round];
    mail.points[meta.sender] = message->point;
    if (message->quiet == over)
      mail.ends = true;
    else
      mail.quiet = std::min(mail.quiet, message->quiet);
  }
  advance(carrier);
}

void NeighbourAdmmParticipant::advance(Carrier& carrier) {
  const std::size_t neighbours = carrier.others().size();
  while (!finished_) {
    if (neighbours > 0) {
      const auto found = mail_.find(round_ + 1);
      if (found == mail_.end() || found->second.points.size() < neighbours) return;
    }
    Mail mail = std::move(mail_[round_ + 1]);
    mail_.erase(round_ + 1);
    std::fill(neighbours_.begin(), neighbours_.end(), 0);
    for (const auto& [from, point] : mail.points) {
      for (std::size_t k = 0; k < point.size(); ++k) neighbours_[k] += point[k];
    }
    agent_->learn(neighbours_);
    ++round_;
    const bool settled = round_ > 1 && agent_->settled(settings_.tolerance, settings_.relative_tolerance);
    quiet_ = settled ? std::min(quiet_, mail.quiet) + 1 : 0;
    if (mail.ends || quiet_ >= agents_) {
      finish(carrier, true);
    } else if (round_ >= settings_.max_rounds) {
      finish(carrier, false);
    } else {
      agent_->step(neighbours_);
      tell(carrier, round_ + 1, quiet_);
    }
  }
}

void add_neighbour_admm_messages(ContentTypes& types) { types.add<NeighbourAdmmMessage>().add<NeighbourAdmmStart>(); }

}  // namespace entente
