// SPDX-License-Identifier: MIT
#include "generate_coordination.hpp"

#include <CLI/CLI.hpp>
#include <map>
#include <optional>

#include "entente/generate.hpp"
#include "options.hpp"
#include "output_stream.hpp"

namespace entente::cli {
namespace {

class Schedules final : public CoordinationGenerator {
 public:
  explicit Schedules(CLI::App& group) {
    app = group.add_subcommand("schedules",
                               "A day of a virtual power plant: cogeneration, batteries, electric vehicles, heat pumps "
                               "and solar plants choose schedules that together meet a target. As JSON.");
    app->fallthrough();
    set_example(*app, "entente generate schedules -v 30 --seed 7 --output plant.json");
    add_whole(*app, "-v,--agents_count", agents_, 1, 100'000'000, "N", "how many agents")->required();
    add_whole(*app, "--schedules_count", schedules_, 1, 100'000'000, "N", "schedules of each agent");
    add_whole(*app, "--steps", steps_, 1, 100'000'000, "N", "steps of the day");
    add_choice(*app, "--target", target_, {"planted", "day", "flat"},
               "planted: the sum of one selection, so that the optimum is 0; day: what agents can do in the mean, with "
               "more in the afternoon; flat: the same in every step");
  }

  void write(const Invocation& invocation, Output& out) const override {
    const std::map<std::string, ScheduleTarget> targets{
        {"planted", ScheduleTarget::planted}, {"day", ScheduleTarget::day}, {"flat", ScheduleTarget::flat}};
    SchedulesOptions options;
    options.agents_count = static_cast<std::uint32_t>(*agents_);
    options.schedules_count = static_cast<std::uint32_t>(schedules_);
    options.steps = static_cast<std::uint32_t>(steps_);
    options.target = targets.at(target_);
    options.seed = invocation.options.seed;
    const ScheduleProblem problem = generate_schedules(options);
    OutputStream stream(out);
    write_schedule_problem(problem, stream);
    out.finish();
  }

 private:
  std::optional<std::uint64_t> agents_;
  std::uint64_t schedules_ = 20, steps_ = 96;
  std::string target_ = "day";
};

class Resources final : public CoordinationGenerator {
 public:
  explicit Resources(CLI::App& group) {
    app = group.add_subcommand("resources",
                               "Agents with quadratic costs that share a resource, agree on a point, or feed a network "
                               "of direct-current lines. Always feasible. As JSON.");
    app->fallthrough();
    set_example(*app, "entente generate resources --kind network -v 9 --output network.json");
    add_whole(*app, "-v,--agents_count", agents_, 1, 100'000'000, "N", "how many agents")->required();
    add_choice(*app, "--kind", kind_, {"sharing", "consensus", "network"}, "what agents do together");
    add_choice(*app, "--coupling", coupling_, {"equality", "capacity", "target_l2", "target_l1"},
               "sharing: how the sum of all is tied to the target");
    add_whole(*app, "-n,--dimension", dimension_, 1, 100'000, "N", "numbers that each agent decides on");
  }

  void write(const Invocation& invocation, Output& out) const override {
    const std::map<std::string, ResourceKind> kinds{
        {"sharing", ResourceKind::sharing}, {"consensus", ResourceKind::consensus}, {"network", ResourceKind::network}};
    const std::map<std::string, Coupling> couplings{{"equality", Coupling::equality},
                                                    {"capacity", Coupling::capacity},
                                                    {"target_l2", Coupling::target_l2},
                                                    {"target_l1", Coupling::target_l1}};
    ResourcesOptions options;
    options.kind = kinds.at(kind_);
    options.coupling = couplings.at(coupling_);
    options.agents_count = static_cast<std::uint32_t>(*agents_);
    options.dimension = static_cast<std::uint32_t>(dimension_);
    options.seed = invocation.options.seed;
    const ResourceProblem problem = generate_resources(options);
    OutputStream stream(out);
    write_resource_problem(problem, stream);
    out.finish();
  }

 private:
  std::optional<std::uint64_t> agents_;
  std::uint64_t dimension_ = 1;
  std::string kind_ = "sharing", coupling_ = "equality";
};

}  // namespace

std::vector<std::unique_ptr<CoordinationGenerator>> coordination_generators(CLI::App& group) {
  std::vector<std::unique_ptr<CoordinationGenerator>> all;
  all.push_back(std::make_unique<Schedules>(group));
  all.push_back(std::make_unique<Resources>(group));
  return all;
}

}  // namespace entente::cli
