// SPDX-License-Identifier: MIT
// Participants in processes of their own: they work together, and those that are left hear of one that is gone.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>

#include "carriers/networks.hpp"
#include "carriers/parties.hpp"

namespace entente {
namespace {

using testing::message_of;
using testing::NatsServerProcess;
using testing::Party;
using testing::shared_server;

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value ? value : "";
}

/// This program once more, as the participant of that address.
class MemberProcess {
 public:
  MemberProcess(const std::string& run, std::uint32_t address, std::uint32_t participants, const std::string& how) {
    const NatsServerProcess& server = shared_server();
    std::fflush(nullptr);
    process_ = ::fork();
    if (process_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(::open("/dev/null", O_WRONLY), STDOUT_FILENO);  // what it finds is in its status
    const auto set = [](const char* name, const std::string& value) { ::setenv(name, value.c_str(), 1); };
    set("MEMBER_URL", server.url());
    set("MEMBER_TOKEN", server.token());
    set("MEMBER_RUN", run);
    set("MEMBER_ADDRESS", std::to_string(address));
    set("MEMBER_OF", std::to_string(participants));
    set("MEMBER_HOW", how);
    ::unsetenv("GTEST_SHARD_STATUS_FILE");
    ::execl("/proc/self/exe", "member", "--gtest_filter=NatsProcesses.DISABLED_Member",
            "--gtest_also_run_disabled_tests", "--gtest_brief=1", static_cast<char*>(nullptr));
    ::_exit(127);
  }
  MemberProcess(MemberProcess&& other) noexcept : process_(std::exchange(other.process_, -1)) {}
  ~MemberProcess() { kill(); }
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    wait();
  }
  int wait() {
    int status = -1;
    ::waitpid(std::exchange(process_, -1), &status, 0);
    return status;
  }

 private:
  pid_t process_ = -1;
};

/// Adds itself to what comes and passes it on, round and round.
struct Adder : Participant {
  int most = 0, seen = 0;
  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override {
    ++seen;
    const int x = content.as<int>();
    if (meta.is_request) return carrier.reply(meta, x + int(carrier.address().number));
    if (x >= most) return;
    const std::size_t others = carrier.others().size() + 1;
    carrier.send(Address{std::uint32_t(carrier.address().number % others + 1)}, x + 1);
  }
};

NatsOptions options_of(const NatsAccess& access, const std::string& run, std::uint32_t participants) {
  NatsOptions options;
  options.access = access;
  options.run = run;
  options.participants = participants;
  options.types.add<int>();
  options.patience = 60;
  options.lease = 1;
  return options;
}

TEST(NatsProcesses, DISABLED_Member) {
  if (variable("MEMBER_RUN").empty()) GTEST_SKIP() << "started by the others";
  NatsAccess access;
  access.url = variable("MEMBER_URL");
  access.token = variable("MEMBER_TOKEN");
  NatsOptions options = options_of(access, variable("MEMBER_RUN"), std::uint32_t(std::stoul(variable("MEMBER_OF"))));
  const std::string how = variable("MEMBER_HOW");
  options.coordinated = how == "led";
  NatsNetwork network(options);
  Adder adder;
  adder.most = 1000;
  network.join(adder, Address{std::uint32_t(std::stoul(variable("MEMBER_ADDRESS")))});
  network.run();
  EXPECT_GT(adder.seen, 0);
}

std::vector<MemberProcess> members(const std::string& run, std::uint32_t from, std::uint32_t to,
                                   const std::string& how) {
  std::vector<MemberProcess> list;
  for (std::uint32_t k = from; k <= to; ++k) list.emplace_back(run, k, to, how);
  return list;
}

TEST(NatsProcesses, PassMessagesRoundAndEndTogether) {
  const std::string run = "test-" + testing::random_word();
  std::vector<MemberProcess> others = members(run, 2, 4, "free");
  NatsNetwork network(options_of(shared_server().access(), run, 4));
  Adder adder;
  adder.most = 1000;
  network.join(adder, Address{1}).send(Address{2}, 1);
  EXPECT_EQ(network.run().end, RunEnd::quiet);
  EXPECT_EQ(adder.seen, 250);
  for (MemberProcess& one : others) EXPECT_EQ(one.wait(), 0);
}

TEST(NatsProcesses, AnswerACoordinator) {
  const std::string run = "test-" + testing::random_word();
  std::vector<MemberProcess> others = members(run, 1, 3, "led");
  NatsOptions options = options_of(shared_server().access(), run, 3);
  options.coordinated = true;
  NatsNetwork network(options);
  testing::Leader leader([](Carrier& carrier, Content) -> Task<Content> {
    int sum = 0;
    for (const Address one : carrier.others()) {
      const Content answer = co_await carrier.ask(one, 100);
      sum += answer.as<int>();
    }
    co_return sum;
  });
  network.join(leader);
  EXPECT_EQ(network.coordinate({}).as<int>(), 306);
  for (MemberProcess& one : others) EXPECT_EQ(one.wait(), 0);
}

/// Runs until the second participant has begun, kills its process, and goes on.
struct Watcher : Adder {
  std::function<void()> act;
  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override {
    if (act && content.as<int>() > 10) std::exchange(act, {})();
    Adder::on_message(carrier, content, meta);
  }
};

TEST(NatsProcesses, HearOfOneThatIsKilled) {
  const std::string run = "test-" + testing::random_word();
  std::vector<MemberProcess> others = members(run, 2, 3, "free");
  NatsNetwork network(options_of(shared_server().access(), run, 3));
  Watcher watcher;
  watcher.most = 1 << 30;
  watcher.act = [&] { others[0].kill(); };
  network.join(watcher, Address{1}).send(Address{2}, 1);
  // The token is lost with whoever had it; nothing else goes on but the sign of life that is missing.
  const std::string said = message_of<Error>([&] { network.run(); });
  EXPECT_NE(said.find("participant 2 ("), std::string::npos) << said;
  EXPECT_NE(said.find("is gone: there was no sign of life for 1 seconds"), std::string::npos) << said;
  EXPECT_NE(others[1].wait(), 0) << "the third heard of it as well";
}

TEST(NatsProcesses, GoOnWithoutOneThatIsGoneWhereSomebodyCares) {
  const std::string run = "test-" + testing::random_word();
  std::vector<MemberProcess> others = members(run, 2, 2, "free");
  NatsOptions options = options_of(shared_server().access(), run, 2);
  std::vector<Address> gone;
  options.gone = [&](Address address) { gone.push_back(address); };
  NatsNetwork network(options);
  Watcher watcher;
  watcher.most = 1 << 30;
  watcher.act = [&] { others[0].kill(); };
  Carrier& carrier = network.join(watcher, Address{1});
  carrier.send(Address{2}, 1);
  EXPECT_EQ(network.run().end, RunEnd::quiet);
  EXPECT_EQ(gone, std::vector<Address>{Address{2}});
}

}  // namespace
}  // namespace entente
