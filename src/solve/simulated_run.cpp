// SPDX-License-Identifier: MIT
#include "solve/simulated_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "entente/base/error.hpp"
#include "entente/base/suggest.hpp"

namespace entente {
namespace {

constexpr double longest = 1e9;  // seconds; a generation

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorCode::wrong_use, message); }

void check_seconds(const char* what, double seconds) {
  if (!(seconds >= 0 && seconds <= longest))
    refuse(fmt::format("{}: {} is not a time from 0 to {:g} seconds", what, seconds, longest));
}

void check_latency(const char* what, const Latency& latency) {
  check_seconds(what, latency.low);
  if (latency.kind != Latency::Kind::uniform) return;
  check_seconds(what, latency.high);
  if (latency.high < latency.low)
    refuse(fmt::format("{}: uniform from {} to {} seconds ends before it begins; give the shorter time first", what,
                       latency.low, latency.high));
}

void check_chance(const char* what, double chance, const char* why_below_one) {
  if (!(chance >= 0 && chance < 1))
    refuse(
        fmt::format("{}: {} is not a probability from 0 to below 1{}", what, chance, chance == 1 ? why_below_one : ""));
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t k = 0; k < words.size(); ++k)
    text += (k == 0 ? "" : k + 1 == words.size() ? " and " : ", ") + words[k];
  return text;
}

}  // namespace

Tolerates tolerated_by(const Info& info) {
  if (info.timing == Timing::cycles) return {.loss = false, .duplicates = true, .reordering = true};
  return info.tolerates;
}

SimulatedRun::SimulatedRun(const SolveRequest& request, const Algorithm& algorithm, const Hosting& hosting)
    : simulation_(request.simulation), hosting_(hosting) {
  if (request.delay > 0) refuse("delay: a simulated run does not wait; --latency says how long messages are under way");
  check_latency("latency", simulation_.latency);
  check_chance("loss", simulation_.loss, ", as then nothing would ever arrive");
  check_chance("duplicate", simulation_.duplicate, "; 0.5 doubles every second packet");
  check_seconds("simulated_time", simulation_.time_limit);
  if (!(simulation_.cbr_latency >= 0 && std::isfinite(simulation_.cbr_latency)))
    refuse(fmt::format("cbr_latency: {} is not a number of constraint checks >= 0", simulation_.cbr_latency));
  NetworkModel& network = plan_.network;
  network.agents = std::uint32_t(hosting.agents.size());
  network.latency = simulation_.latency;
  network.loss = simulation_.loss;
  network.duplicate = simulation_.duplicate;
  network.reorder = simulation_.reorder;
  network.seed = request.seed;
  for (const Simulation::Link& link : simulation_.links) {
    const std::uint32_t one = agent(link.one, "link"), other = agent(link.other, "link");
    if (one == other)
      refuse(
          fmt::format("link: '{}' is at both ends; messages of an agent to itself take no time", printable(link.one)));
    check_latency("link", link.latency);
    network.links.push_back({one, other, link.latency});
    network.links.push_back({other, one, link.latency});
  }
  for (const Simulation::Crash& crash : simulation_.crashes) {
    check_seconds("crash", crash.at);
    if (crash.downtime && !(*crash.downtime > 0 && *crash.downtime <= longest))
      refuse(
          fmt::format("crash: {} is not a time to be down, of more than 0 to {:g} seconds", *crash.downtime, longest));
    const double until = crash.downtime ? crash.at + *crash.downtime : std::numeric_limits<double>::infinity();
    network.outages.push_back({agent(crash.agent, "crash"), crash.at, until});
  }
  if (simulation_.time_limit > 0) plan_.time_limit = simulation_.time_limit;
  choose_delivery(request, algorithm);
  if (!simulation_.on_event) return;
  plan_.trace = [this](const NetworkNote& note, std::string_view type) {
    Simulation::Event event{
        note.time, event_name(note.event), hosting_.agents[note.from], hosting_.agents[note.to], type, {}};
    const bool numbered = note.from != note.to;
    if (numbered) event.number = note.number;
    simulation_.on_event(event);
  };
}

std::uint32_t SimulatedRun::agent(const std::string& name, const char* what) const {
  const auto at = std::find(hosting_.agents.begin(), hosting_.agents.end(), name);
  if (at == hosting_.agents.end())
    refuse(
        fmt::format("{}: the problem has no agent '{}'{}", what, printable(name), did_you_mean(name, hosting_.agents)));
  return std::uint32_t(at - hosting_.agents.begin());
}

void SimulatedRun::choose_delivery(const SolveRequest& request, const Algorithm& algorithm) {
  const Tolerates bears = tolerated_by(algorithm.info);
  std::vector<std::string> too_much;
  if ((simulation_.loss > 0 || !simulation_.crashes.empty()) && !bears.loss) too_much.emplace_back("loss");
  if (simulation_.duplicate > 0 && !bears.duplicates) too_much.emplace_back("duplication");
  if (simulation_.reorder && !bears.reordering) too_much.emplace_back("reordering");
  const std::string reason = fmt::format("{} does not tolerate {}", algorithm.info.name, join(too_much));
  switch (simulation_.delivery) {
    case SimulationDelivery::raw:
      if (!too_much.empty())
        refuse(fmt::format("delivery: {}{}; leave --delivery out, or use reliable", reason,
                           simulation_.crashes.empty() || bears.loss ? "" : " (agents that are down lose messages)"));
      break;
    case SimulationDelivery::reliable: plan_.network.reliable = true; break;
    case SimulationDelivery::automatic:
      plan_.network.reliable = !too_much.empty();
      if (!too_much.empty() && request.say)
        request.say(reason + ": its messages are numbered, acknowledged and sent again");
      break;
  }
}

void SimulatedRun::conclude(const runtime::RunResult& result, Outcome& outcome) const {
  SimulationReport report;
  report.cbr_latency = simulation_.cbr_latency;
  report.reliable = plan_.network.reliable;
  if (result.simulated) {
    const runtime::SimulatedTotals& totals = *result.simulated;
    report.time = totals.time;
    report.rounds = totals.rounds;
    report.cbr = simulation_.cbr_latency * double(totals.rounds) + double(totals.round_checks);
    report.packets = totals.network.packets;
    report.lost = totals.network.lost;
    report.duplicated = totals.network.duplicated;
    report.retransmitted = totals.network.retransmitted;
    report.acknowledgements = totals.network.acknowledgements;
    report.crashes = totals.network.crashes;
    report.restarts = totals.network.restarts;
    if (totals.stuck && outcome.message.empty())
      outcome.message = "an agent that crashed for good holds up the others: the run ended without its own end";
  }
  outcome.simulation = report;
}

std::unique_ptr<SimulatedRun> make_simulated_run(const SolveRequest& request, const Algorithm& algorithm,
                                                 const Hosting& hosting) {
  if (request.engine != Engine::simulated) return nullptr;
  return std::make_unique<SimulatedRun>(request, algorithm, hosting);
}

}  // namespace entente
