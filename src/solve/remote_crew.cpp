// SPDX-License-Identifier: MIT
// Crews: those of this process.
#include "entente/base/error.hpp"
#include "entente/carriers/in_process.hpp"
#include "entente/solve/remote.hpp"

namespace entente {

AgentCrew::~AgentCrew() = default;

namespace {

class LocalCrew final : public AgentCrew {
 public:
  std::vector<Address> assemble(const std::vector<std::string>& agents) override {
    if (!agents_.empty()) throw Error(ErrorCode::wrong_use, "this crew has been assembled already");
    std::vector<Address> addresses;
    for (const std::string& name : agents) {
      RemoteAgentOptions options;
      options.name = name;
      agents_.push_back(make_remote_agent(options));
      addresses.push_back(network_.join(*agents_.back()));
    }
    return addresses;
  }
  Content lead(Coordinator& coordinator, Content start) override {
    network_.join(coordinator);
    return network_.coordinate(std::move(start));
  }

 private:
  static InProcessOptions options() {
    InProcessOptions options;
    options.through_bytes = true;
    return options;
  }
  std::vector<std::unique_ptr<Participant>> agents_;
  InProcessNetwork network_{options()};
};

}  // namespace

std::unique_ptr<AgentCrew> make_local_crew() { return std::make_unique<LocalCrew>(); }

}  // namespace entente
