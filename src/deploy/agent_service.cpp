// SPDX-License-Identifier: MIT
// An agent that waits for an orchestrator and takes part in its run.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cmath>
#include <thread>

#include "carriers/nats_connection.hpp"
#include "deploy/guest_list.hpp"
#include "deploy/handshake.hpp"
#include "deploy/lead.hpp"
#include "entente/base/error.hpp"
#include "entente/deploy.hpp"

namespace entente {
namespace {

using deploy::Answer;

/// `machine, process 4711`.
std::string this_place() {
  std::array<char, 256> machine{};
  gethostname(machine.data(), machine.size() - 1);
  return fmt::format("{}, process {}", printable(machine.data()), getpid());
}

/// For the server's operators; the client library puts it into JSON as it stands.
std::string plain(std::string name) {
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '.' && c != ' ') c = '_';
  return name;
}

class AgentService {
 public:
  explicit AgentService(const AgentServiceOptions& options)
      : options_(options),
        connection_(std::make_shared<NatsConnection>(options.access, "agent " + plain(options.name), options.say)) {
    hello_.name = options.name;
    hello_.capacity = options.capacity;
    hello_.place = this_place();
  }

  /// Whether there is a run to take part in; not if the user wants to stop or the orchestrator has nothing to do.
  bool find_run(Answer& run) {
    hello_.instance = deploy::random_instance();
    const std::string subject = deploy::hello_subject(options_.run);
    double pause = 0.02;
    while (!stopped()) {
      const NatsReply reply = connection_->request(subject, deploy::to_bytes(hello_), deploy::GuestList::ask_again);
      if (reply.kind == NatsReply::Kind::nobody) {
        say_once(fmt::format("agent '{}' waits for an orchestrator of the run '{}'", printable(options_.name),
                             options_.run));
        rest(pause);
        pause = std::min(1.0, 1.5 * pause);
        continue;
      }
      if (reply.kind == NatsReply::Kind::late) {
        refuse_if_forbidden();
        continue;
      }
      pause = 0.02;
      const std::optional<Answer> answer = deploy::read_answer(reply.bytes);
      if (answer && answer->kind == Answer::Kind::welcome) {
        if (answer->address == 0 || answer->address > answer->participants) continue;
        run = *answer;
        return true;
      }
      if (answer && !take_no(*answer)) return false;
    }
    return false;
  }

  void take_part(const Answer& run) {
    const std::unique_ptr<Participant> agent =
        make_remote_agent({options_.name, options_.delay, options_.say, options_.plugins});
    deploy::take_part({connection_, run.session, run.participants, options_.say}, options_.interrupt, *agent,
                      Address{run.address});
    said_.clear();
  }

  bool stopped() const { return options_.interrupt && options_.interrupt->load(); }
  void say_once(const std::string& text) {
    if (said_ == text) return;
    said_ = text;
    if (options_.say) options_.say(text);
  }

 private:
  /// An answer that is no welcome. Returns whether to go on asking.
  bool take_no(const Answer& answer) {
    const std::string text = printable(answer.text, 400);
    if (!options_.restart) {
      if (answer.kind != Answer::Kind::not_needed) throw Error(ErrorCode::bad_input, text);
      say_once(text);
      return false;
    }
    // What the orchestrator of a run that is just ending says is of no interest.
    if (answer.text == refused_) say_once(text + "; waits for another run");
    refused_ = answer.text;
    rest(deploy::GuestList::ask_again);
    return true;
  }

  void refuse_if_forbidden() {
    if (const std::string objection = connection_->objection(); !objection.empty())
      throw Error(ErrorCode::bad_input, fmt::format("the NATS server says: {}", printable(objection, 400)));
  }

  void rest(double seconds) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    while (!stopped() && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(std::chrono::milliseconds(std::min(50, 1 + static_cast<int>(500 * seconds))));
  }

  AgentServiceOptions options_;
  std::shared_ptr<NatsConnection> connection_;
  deploy::Hello hello_;
  std::string said_, refused_;
};

}  // namespace

void serve_agent(const AgentServiceOptions& options) {
  deploy::check_run_name(options.run, "run");
  if (options.name.empty()) throw Error(ErrorCode::wrong_use, "an agent needs a name");
  if (!(options.delay >= 0)) throw Error(ErrorCode::wrong_use, "delay: expected seconds, 0 or more");
  AgentService service(options);
  do {
    Answer run;
    if (!service.find_run(run)) continue;
    try {
      service.take_part(run);
    } catch (const Error& error) {
      if (!options.restart || error.code() == ErrorCode::unsupported || error.code() == ErrorCode::internal) throw;
      service.say_once(error.what());
    }
  } while (options.restart && !service.stopped());
}

}  // namespace entente
