// SPDX-License-Identifier: MIT
// Endpoint: requests and their replies, spawned tasks, and what is waited for.
#include "entente/carriers/endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <unordered_map>
#include <vector>

namespace entente {
namespace {

// A message id: one bit for requests, the address, a number that counts up.
constexpr std::uint64_t request_bit = std::uint64_t(1) << 63;
constexpr int address_shift = 40;

bool is_request(std::uint64_t id) { return id & request_bit; }

}  // namespace

struct Endpoint::Open {
  struct Pending {
    std::function<void(Reply)> then;
    Address to;
    std::string_view type;
    TimerTicket deadline;
    bool limited;
  };
  struct Wait {
    std::string what;
    std::function<void(std::exception_ptr)> give_up;
  };
  std::unordered_map<std::uint64_t, Pending> asks;
  std::map<std::uint64_t, Wait> waits;
  std::map<std::uint64_t, std::shared_ptr<detail::SpawnedTask>> tasks;
  std::shared_ptr<detail::SpawnedTask> ended;  // the last that was let go: its frame may be in use until the next
  std::uint64_t last_wait = 0, last_task = 0;
  std::deque<std::uint64_t> failed;  // requests whose failure was handed on, lately: links may deliver twice
};
constexpr std::size_t most_failed = 1024;

Endpoint::Endpoint(Participant& participant) : participant_(&participant) {}
Endpoint::Endpoint(Coordinator& coordinator) : coordinator_(&coordinator) {}

Endpoint::Open& Endpoint::open() {
  if (!open_) open_ = std::make_unique<Open>();
  return *open_;
}
std::size_t Endpoint::waits() const { return open_ ? open_->asks.size() + open_->waits.size() : 0; }
std::size_t Endpoint::requests() const { return open_ ? open_->asks.size() : 0; }

Participant::~Participant() = default;
Coordinator::~Coordinator() = default;

void Coordinator::on_message(Carrier& carrier, const Content& content, const Meta& meta) {
  throw Error(ErrorCode::wrong_use,
              fmt::format("coordinator {} got a message of type {} from {} that is no reply to a request of its own; a "
                          "coordinator that wants such messages overrides on_message",
                          carrier.address().number, content.type_name(), meta.sender.number));
}

std::optional<Refusal> Refusal::decode(Reader& reader) {
  Refusal refusal;
  if (!reader(refusal.why) || !reader(refusal.threw)) return std::nullopt;
  return refusal;
}

Endpoint::~Endpoint() { abandon(); }

std::string Endpoint::own_name() const {
  return fmt::format("{} {}", coordinator_ ? "coordinator" : "participant", address().number);
}

std::uint64_t Endpoint::next_id(bool request) {
  return (request ? request_bit : 0) | std::uint64_t(address().number) << address_shift | ++last_id_;
}

std::unique_ptr<Notes> Endpoint::checked(Notes&& notes) {
  if (notes.empty()) return nullptr;
  for (const auto& note : notes)
    if (note.first == "sender" || note.first == "message_id" || note.first == "reply")
      throw Error(
          ErrorCode::wrong_use,
          fmt::format("a message has a note `{}`, which is the carrier's own; call it something else", note.first));
  return std::make_unique<Notes>(std::move(notes));
}

void Endpoint::send(Address to, Content content, Notes notes) {
  transmit(
      {address(), to, next_id(false), Envelope::Kind::message, false, std::move(content), checked(std::move(notes))});
}

void Endpoint::reply(const Meta& to, Content content) {
  const bool answer = is_request(to.message_id);
  transmit({address(), to.sender, to.message_id, answer ? Envelope::Kind::reply : Envelope::Kind::message, true,
            std::move(content), to.notes.empty() ? nullptr : std::make_unique<Notes>(to.notes)});
}

void Endpoint::reply_error(const Meta& to, std::string why) {
  if (!is_request(to.message_id))
    throw Error(ErrorCode::wrong_use,
                "reply_error answers requests; this message was not asked but sent, and nobody waits for an answer");
  transmit(
      {address(), to.sender, to.message_id, Envelope::Kind::failure, true, Refusal{std::move(why), nullptr}, nullptr});
}

AskTicket Endpoint::ask(Address to, Content content, AskOptions options, std::function<void(Reply)> then) {
  if (!then) throw Error(ErrorCode::wrong_use, "ask: the function that takes the reply is empty");
  if (!(options.deadline >= 0))
    throw Error(ErrorCode::wrong_use,
                fmt::format("ask: a deadline of {} seconds was found, where 0 or more was expected", options.deadline));
  const std::uint64_t id = next_id(true);
  const std::string_view type = content.type_name();
  transmit({address(), to, id, Envelope::Kind::request, false, std::move(content), checked(std::move(options.notes))});
  Open::Pending& pending = open().asks[id] = {std::move(then), to, type, {}, options.deadline < 1e300};
  if (pending.limited)
    pending.deadline = schedule(options.deadline, [this, id, to, type, seconds = options.deadline] {
      Reply reply{{}, {to, id, true, {}, false}, {}};
      reply.failure = AskFailure(std::make_exception_ptr(
          AskError(AskError::Reason::deadline,
                   fmt::format("participant {} did not answer the request ({}) of {} within {} seconds", to.number,
                               type, own_name(), seconds))));
      open_->asks.at(id).limited = false;
      finish(id, std::move(reply));
    });
  return {id};
}

void Endpoint::cancel(AskTicket ticket) {
  if (!open_) return;
  const auto at = open_->asks.find(ticket.number);
  if (at == open_->asks.end()) return;
  if (at->second.limited) cancel(at->second.deadline);
  // What `then` holds may cancel others as it goes.
  const Open::Pending pending = std::move(at->second);
  open_->asks.erase(at);
}

WaitTicket Endpoint::expect(std::string what, std::function<void(std::exception_ptr)> give_up) {
  if (!give_up) throw Error(ErrorCode::wrong_use, "expect: the function to give up with is empty");
  open().waits[++open_->last_wait] = {std::move(what), std::move(give_up)};
  return {open_->last_wait};
}

void Endpoint::cancel(WaitTicket ticket) {
  if (open_) open_->waits.erase(ticket.number);
}

void Endpoint::finish(std::uint64_t id, Reply reply) {
  const auto at = open_->asks.find(id);
  Open::Pending pending = std::move(at->second);
  open_->asks.erase(at);
  if (pending.limited) cancel(pending.deadline);
  const AskFailure failure = reply.failure;
  pending.then(std::move(reply));
  if (failure.overlooked()) fail(failure);
}

void Endpoint::deliver(Envelope&& envelope) {
  try {
    if (envelope.kind == Envelope::Kind::message || envelope.kind == Envelope::Kind::request)
      handle(envelope);
    else
      settle(envelope);
  } catch (...) {
    fail(std::current_exception());
  }
}

void Endpoint::handle(Envelope& envelope) {
  const Meta meta{envelope.from, envelope.id, envelope.is_reply, envelope.notes ? std::move(*envelope.notes) : Notes(),
                  envelope.kind == Envelope::Kind::request};
  try {
    if (participant_)
      participant_->on_message(*this, envelope.content, meta);
    else
      coordinator_->on_message(*this, envelope.content, meta);
  } catch (const std::exception& error) {
    if (envelope.kind != Envelope::Kind::request) throw;
    transmit({address(), meta.sender, meta.message_id, Envelope::Kind::failure, true,
              Refusal{error.what(), std::current_exception()}, nullptr});
  } catch (...) {
    if (envelope.kind != Envelope::Kind::request) throw;
    transmit({address(), meta.sender, meta.message_id, Envelope::Kind::failure, true,
              Refusal{"it threw something that is no std::exception", std::current_exception()}, nullptr});
  }
}

bool Endpoint::has_failed(std::uint64_t id) const {
  return open_ && std::find(open_->failed.begin(), open_->failed.end(), id) != open_->failed.end();
}

void Endpoint::settle(Envelope& envelope) {
  const bool awaited = open_ && open_->asks.count(envelope.id) > 0;
  Reply reply{std::move(envelope.content),
              {envelope.from, envelope.id, true, envelope.notes ? std::move(*envelope.notes) : Notes(), false},
              {}};
  if (envelope.kind == Envelope::Kind::failure) {
    const Refusal* const refusal = reply.content.get<Refusal>();
    std::exception_ptr why = refusal ? refusal->thrown : nullptr;
    // An exception that nobody waits for any more must not get lost.
    if (refusal && refusal->threw && !awaited && !has_failed(envelope.id))
      throw AskError(AskError::Reason::refused,
                     fmt::format("participant {} threw while answering a request that nobody waits for any more: {}",
                                 envelope.from.number, printable(refusal->why, 1000)));
    if (why && !awaited && !has_failed(envelope.id)) std::rethrow_exception(why);
    if ((why || (refusal && refusal->threw)) && awaited) {
      open_->failed.push_back(envelope.id);
      if (open_->failed.size() > most_failed) open_->failed.pop_front();
    }
    if (!why)
      why = std::make_exception_ptr(AskError(
          AskError::Reason::refused, fmt::format("participant {} could not answer: {}", envelope.from.number,
                                                 refusal ? printable(refusal->why, 1000) : "it gave no reason")));
    reply.failure = AskFailure(std::move(why));
    reply.content = {};
  }
  if (!awaited)
    ++dropped_;
  else
    finish(envelope.id, std::move(reply));
}

void Endpoint::keep(std::shared_ptr<detail::SpawnedTask> task) {
  task->number_ = ++open().last_task;
  open_->tasks[open_->last_task] = std::move(task);
}

void Endpoint::let_go(const detail::SpawnedTask& task) {
  const auto at = open().tasks.find(task.number_);
  if (at == open_->tasks.end()) return;
  const std::shared_ptr<detail::SpawnedTask> last = std::exchange(open_->ended, std::move(at->second));
  open_->tasks.erase(at);
}

std::size_t Endpoint::running() const {
  if (!open_) return 0;
  return std::size_t(
      std::count_if(open_->tasks.begin(), open_->tasks.end(), [](const auto& one) { return !one.second->done(); }));
}

std::exception_ptr Endpoint::overlooked() const {
  if (!open_) return nullptr;
  for (const auto& [number, task] : open_->tasks)
    if (std::exception_ptr why = task->overlooked()) return why;
  return nullptr;
}

std::size_t Endpoint::give_up_requests(const std::function<bool(Address)>& hopeless) {
  if (!open_) return 0;
  std::vector<std::uint64_t> ids;
  for (const auto& [id, pending] : open_->asks)
    if (hopeless(pending.to)) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  for (const std::uint64_t id : ids) {
    const auto at = open_->asks.find(id);
    if (at == open_->asks.end()) continue;  // given up by one that failed before
    const Address to = at->second.to;
    Reply reply{{}, {to, id, true, {}, false}, {}};
    reply.failure = AskFailure(std::make_exception_ptr(AskError(
        AskError::Reason::unanswered,
        fmt::format("{} waits for the answer of participant {} to its request ({}), but nothing is under way any more "
                    "that could bring it; whoever is asked has to call reply or reply_error",
                    own_name(), to.number, at->second.type))));
    finish(id, std::move(reply));
  }
  return ids.size();
}

std::size_t Endpoint::give_up_expecting() {
  if (!open_) return 0;
  std::vector<std::uint64_t> numbers;
  for (const auto& [number, wait] : open_->waits) numbers.push_back(number);
  for (const std::uint64_t number : numbers) {
    const auto at = open_->waits.find(number);
    if (at == open_->waits.end()) continue;
    const Open::Wait wait = std::move(at->second);
    open_->waits.erase(at);
    wait.give_up(std::make_exception_ptr(AskError(
        AskError::Reason::unanswered,
        fmt::format("{} waits for {}, but nothing is under way any more that could bring it", own_name(), wait.what))));
  }
  return numbers.size();
}

void Endpoint::abandon() {
  if (!open_) return;
  // Frames and callbacks give up what they wait for as they go.
  const auto tasks = std::exchange(open_->tasks, {});
  for (const auto& [number, task] : tasks) task->abandon();
  open_->ended = nullptr;
  const auto asks = std::exchange(open_->asks, {});
  const auto waits = std::exchange(open_->waits, {});
}

}  // namespace entente
