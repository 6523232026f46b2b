// SPDX-License-Identifier: MIT
// Agents that somebody else has started, reached through a NATS server.
#include <fmt/format.h>

#include <optional>

#include "deploy/lead.hpp"
#include "deploy/reception.hpp"
#include "entente/base/error.hpp"
#include "entente/deploy.hpp"

namespace entente {
namespace {

class OrchestratorCrew final : public AgentCrew {
 public:
  explicit OrchestratorCrew(const OrchestratorOptions& options) : options_(options) {}

  std::vector<Address> assemble(const std::vector<std::string>& agents) override {
    reception_.emplace(options_.access, options_.run, agents, options_.agents, options_.say);
    reception_->wait(options_.patience, true, [this] {
      if (options_.interrupt && options_.interrupt->load())
        throw Error(ErrorCode::bad_input, "stopped before all agents were there");
    });
    agents_ = agents;
    return deploy::addresses(static_cast<std::uint32_t>(agents.size()));
  }

  Content lead(Coordinator& coordinator, Content start) override {
    std::atomic<bool> stop = false;
    return deploy::lead(
        {reception_->connection(), reception_->session(), static_cast<std::uint32_t>(agents_.size()), options_.say},
        agents_, stop, lost_, coordinator, std::move(start));
  }
  std::string lost() const override { return lost_; }

 private:
  OrchestratorOptions options_;
  std::optional<deploy::Reception> reception_;
  std::vector<std::string> agents_;
  std::string lost_;
};

}  // namespace

std::unique_ptr<AgentCrew> make_orchestrator_crew(const OrchestratorOptions& options) {
  deploy::check_run_name(options.run, "run");
  return std::make_unique<OrchestratorCrew>(options);
}

}  // namespace entente
