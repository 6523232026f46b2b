// SPDX-License-Identifier: MIT
// Crews of processes whose programs are no agents, or that nobody waits for.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>

#include "entente/base/error.hpp"
#include "entente/deploy.hpp"

namespace entente {
namespace {

std::string why_not(const ProcessCrewOptions& options) {
  try {
    make_process_crew(options)->assemble({"one", "two"});
    return "they came";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(ProcessCrew, a_program_that_is_no_agent_is_told_by_its_end) {
  ProcessCrewOptions options;
  options.program = "/bin/false";
  const std::string why = why_not(options);
  EXPECT_NE(why.find("ended with exit code 1"), std::string::npos) << why;
  options.program = "/no/such/program";
  EXPECT_NE(why_not(options).find("cannot start agent 'one'"), std::string::npos) << why_not(options);
}

TEST(ProcessCrew, agents_that_fail_and_servers_that_are_missing_are_named) {
  ProcessCrewOptions options;
  options.program = "/bin/sh";  // `sh agent …`: there is no such script
  EXPECT_NE(why_not(options).find("agent 'one' ended with exit code"), std::string::npos) << why_not(options);
  options.server = "/no/such/server";
  EXPECT_THROW(make_process_crew(options), Error);
}

TEST(ProcessCrew, who_does_not_want_to_wait_any_more_need_not) {
  const std::atomic<bool> interrupt = true;
  ProcessCrewOptions options;
  options.interrupt = &interrupt;
  EXPECT_NE(why_not(options).find("stopped"), std::string::npos);
}

TEST(Orchestrator, a_server_that_is_not_there_is_named_and_so_is_a_wrong_run) {
  OrchestratorOptions options;
  options.access.url = "nats://127.0.0.1:1";
  options.access.token = "x";
  EXPECT_THROW(make_orchestrator_crew(options)->assemble({"a"}), Error);
  options.run = "no.word";
  EXPECT_THROW(make_orchestrator_crew(options), Error);
  AgentServiceOptions agent;
  EXPECT_THROW(serve_agent(agent), Error);
  agent.name = "a";
  agent.delay = -1;
  EXPECT_THROW(serve_agent(agent), Error);
}

}  // namespace
}  // namespace entente
