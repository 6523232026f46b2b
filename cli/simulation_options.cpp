// SPDX-License-Identifier: MIT
#include "simulation_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "entente/base/error.hpp"
#include "entente/solve.hpp"
#include "json_text.hpp"
#include "options.hpp"

namespace entente::cli {
namespace {

[[noreturn]] void refuse(std::string_view what, std::string_view text, const std::string& expected) {
  throw Error(ErrorCode::wrong_use, fmt::format("{}: '{}' {}", what, printable(std::string(text)), expected));
}

/// The two parts around the character at `at`.
std::pair<std::string_view, std::string_view> cut(std::string_view text, std::size_t at) {
  return {text.substr(0, at), text.substr(at + 1)};
}

}  // namespace

double parse_seconds(std::string_view text, std::string_view what) {
  constexpr std::array<std::pair<std::string_view, double>, 5> units{
      {{"min", 60}, {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}, {"s", 1}}};
  double number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, std::size_t(text.data() + text.size() - end));
  double factor = unit.empty() ? 1 : 0;
  for (const auto& [name, seconds] : units)
    if (unit == name) factor = seconds;
  if (problem != std::errc() || factor == 0 || !std::isfinite(number))
    refuse(what, text, "is no time; expected a number of seconds, or one with ns, us, ms, s or min, as in 5ms");
  if (number < 0) refuse(what, text, "is negative; a time is 0 or more");
  return number * factor;
}

Latency parse_latency(std::string_view text, std::string_view what) {
  const std::size_t colon = text.find(':');
  if (colon == text.npos) return Latency::constant(parse_seconds(text, what));
  const auto [kind, rest] = cut(text, colon);
  if (kind == "constant") return Latency::constant(parse_seconds(rest, what));
  if (kind == "exponential") return Latency::exponential(parse_seconds(rest, what));
  const std::size_t second = rest.find(':');
  if (kind != "uniform" || second == rest.npos)
    refuse(what, text,
           "is no latency; expected a time such as 5ms, or constant:TIME, uniform:TIME:TIME or exponential:TIME");
  const auto [low, high] = cut(rest, second);
  return Latency::uniform(parse_seconds(low, what), parse_seconds(high, what));
}

Simulation::Link parse_link(std::string_view text) {
  const std::size_t equals = text.find('='), comma = text.find(',');
  if (equals == text.npos || comma > equals || comma == 0 || comma + 1 == equals)
    refuse("--link", text, "is not of the form AGENT,AGENT=LATENCY, as in a1,a2=uniform:1ms:5ms");
  const auto [agents, latency] = cut(text, equals);
  const auto [one, other] = cut(agents, comma);
  return {std::string(one), std::string(other), parse_latency(latency, "--link")};
}

Simulation::Crash parse_crash(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == text.npos || at == 0)
    refuse("--crash", text, "is not of the form AGENT@TIME or AGENT@TIME+DOWNTIME, as in a1@2s+500ms");
  const auto [agent, when] = cut(text, at);
  // The plus of an exponent belongs to its number.
  std::size_t plus = when.find('+', 1);
  if (plus != when.npos && (when[plus - 1] == 'e' || when[plus - 1] == 'E')) plus = when.find('+', plus + 1);
  if (plus == when.npos) return {std::string(agent), parse_seconds(when, "--crash"), {}};
  const auto [begin, downtime] = cut(when, plus);
  return {std::string(agent), parse_seconds(begin, "--crash"), parse_seconds(downtime, "--crash")};
}

void SimulationOptions::declare(CLI::App& app) {
  add_choice(app, "--engine", engine_, {"local", "simulated"},
             "'simulated' runs in virtual time, over links as bad as the options from here on say; every event follows "
             "from the seed");
  options_ = {
      add_text(app, "--latency", latency_, "LATENCY",
               "how long messages are under way: a time such as 5ms, uniform:1ms:10ms or exponential:20ms; without it, "
               "no time"),
      add_texts(app, "--link", links_, "AGENT,AGENT=LATENCY",
                "another latency between two agents, both ways; may be repeated"),
      add_real(app, "--loss", loss_, {0, 1}, "PROBABILITY", "chance that a packet never arrives; below 1"),
      add_real(app, "--duplicate", duplicate_, {0, 1}, "PROBABILITY", "chance that a packet arrives twice; below 1"),
      add_flag(app, "--reorder", reorder_,
               "let packets of a link overtake each other; without it they keep their order"),
      add_texts(
          app, "--crash", crashes_, "AGENT@TIME[+DOWNTIME]",
          "from TIME on the agent handles nothing; after DOWNTIME, if there is one, it goes on with what it knew; "
          "may be repeated"),
      add_choice(app, "--delivery", delivery_, {"automatic", "reliable", "raw"},
                 "whether messages are acknowledged and sent again; automatic: if the algorithm does not tolerate what "
                 "the links do"),
      add_real(app, "--simulated_time", simulated_time_, {0, 1e9}, "SECONDS", "stop at this virtual time; 0: no limit"),
      add_real(app, "--cbr_latency", cbr_latency_, {0, 1e15}, "CHECKS",
               "the L of the metric CBR(L): constraint checks that an agent makes while a message travels"),
      add_text(app, "--trace", trace_, "FILE", "write every event of a simulated run to this file, as JSON lines")};
}

void SimulationOptions::fill(SolveRequest& request) const {
  if (engine_ != "simulated") {
    for (const CLI::Option* option : options_)
      if (option->count() > 0)
        throw Error(ErrorCode::wrong_use,
                    fmt::format("{} only makes sense together with '--engine simulated'", option->get_name()));
    return;
  }
  request.engine = Engine::simulated;
  Simulation& simulation = request.simulation;
  if (!latency_.empty()) simulation.latency = parse_latency(latency_, "--latency");
  for (const std::string& link : links_) simulation.links.push_back(parse_link(link));
  for (const std::string& crash : crashes_) simulation.crashes.push_back(parse_crash(crash));
  simulation.loss = loss_;
  simulation.duplicate = duplicate_;
  simulation.reorder = reorder_;
  simulation.delivery = delivery_ == "raw"        ? SimulationDelivery::raw
                        : delivery_ == "reliable" ? SimulationDelivery::reliable
                                                  : SimulationDelivery::automatic;
  simulation.time_limit = simulated_time_;
  simulation.cbr_latency = cbr_latency_;
}

void SimulationOptions::trace_to(Output& out, SolveRequest& request) const {
  if (trace_.empty()) return;
  out.add_file(trace_, "--trace");
  request.simulation.on_event = [&out](const Simulation::Event& event) { out.write(event_json(event)); };
}

std::string event_json(const Simulation::Event& event) {
  std::string text = "{\"event\": ";
  append_json(text, event.event);
  text += ", \"from\": ";
  append_json(text, event.from);
  if (event.number) text += fmt::format(", \"number\": {}", *event.number);
  text += ", \"time\": ";
  append_json(text, event.time);
  text += ", \"to\": ";
  append_json(text, event.to);
  if (!event.type.empty()) {
    text += ", \"type\": ";
    append_json(text, event.type);
  }
  return text + "}\n";
}

}  // namespace entente::cli
