// SPDX-License-Identifier: MIT
// NatsNetwork: participants in several processes and machines, joined by a NATS server.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "entente/carriers/carrier.hpp"
#include "entente/carriers/network.hpp"
#include "entente/carriers/topology.hpp"
#include "entente/carriers/wire.hpp"

namespace entente {

class NatsConnection;

/// Where the server is, and who one is there.
struct NatsAccess {
  std::string url = "nats://127.0.0.1:4222";  ///< `tls://` for TLS; several, parted by commas, of one cluster.
  // One way to say who one is, at most.
  std::string user, password;
  std::string token;
  std::string nkey, seed;  ///< Public key (`U…`) and seed (`SU…`).
  std::string user_file;   ///< A `.creds` file: JWT and seed.
  // TLS; files in PEM.
  std::string authority;         ///< Who signed the server's certificate; empty: those that the system trusts.
  std::string certificate, key;  ///< One's own, for servers that want it.
  /// Whether a server will do that lets everybody in. Whoever reaches such a server can read every message and send
  /// any.
  bool allow_anonymous = false;
};

/// Reads who one is from a file, which is one of
///   - YAML with any of `user`, `password`, `token`, `nkey`, `seed`, `authority`, `certificate`, `key`, `url` (files
///     are found beside it);
///   - a `.creds` file as NATS tools write it.
/// Throws Error that names file, line and key, what was found and what was expected. `warn` hears of a file that others
/// on this machine can read.
NatsAccess read_nats_credentials(const std::string& file, NatsAccess access = {},
                                 const std::function<void(const std::string&)>& warn = {});

struct NatsOptions {
  NatsAccess access;
  std::shared_ptr<NatsConnection> connection;  ///< One that there is already, in place of `access`. Null: a new one.
  /// What parts this run from others on the same server: words of letters, digits, `-` and `_`, joined by dots. Its
  /// subjects are `entente.RUN.>`.
  std::string run = "entente";
  std::uint32_t participants = 0;  ///< In all processes together: addresses 1 … participants.
  bool coordinated = false;        ///< One of the processes has a coordinator, at address participants + 1.
  Topology topology;
  ContentTypes types;  ///< What may arrive here.
  RunLimits limits;
  /// Messages arrive exactly once, in the order of their sender, also when the server restarts. Else at most once.
  bool reliable = true;
  /// Of the functions below: where the first of the participants joins, the others after it; and as in
  /// InProcessOptions, who sends the start message to whom.
  Address first = {1}, start_from = {}, start_to = {};
  double patience = 30;  ///< Seconds to wait for the others to be there before the run begins.
  double lease = 5;      ///< Seconds without a sign of life after which a process is taken for gone.
  std::function<void(const std::string&)> say;  ///< Notes for people: reconnecting, messages that were refused.
  std::function<void(Address)> gone;            ///< Somebody is gone. Without it the run ends with an Error.
};

/// One process's share of a network. What participants and coordinators see is what they see of every network.
///
/// Example
///   NatsOptions options;
///   options.access = read_nats_credentials("agent.yaml");
///   options.participants = 2;
///   options.types.add<Offer>();
///   NatsNetwork network(options);
///   network.join(bidder, Address{2});   // another process joins Address{1}
///   network.run();
///
/// Ends     `run` and `coordinate` begin when everybody is there, and end as those of every network: when nothing is
///          under way any more in any of the processes, which these find out together, or when the coordinator is done.
/// Errors   Error{unsupported} where the NATS client library cannot be loaded; Error{bad_input} that says why there is
///          no connection (nobody listens, credentials refused, certificate, …), that somebody has the address already,
///          that another version of this protocol is spoken, or that somebody is gone.
class NatsNetwork {
 public:
  explicit NatsNetwork(NatsOptions options);
  NatsNetwork(NatsNetwork&&) noexcept;
  ~NatsNetwork();

  /// Any number of participants, and one coordinator at most, in each process.
  Carrier& join(Participant& participant, Address address);
  Carrier& join(Coordinator& coordinator);

  /// Of one that has joined here. Messages that it sends before a run go out when the run begins.
  Carrier& carrier(Address address) const;

  /// Runs this process's participants until the whole network is quiet, its coordinator is done, or a limit.
  RunReport run();
  /// Runs the coordinator, which is in this process.
  Content coordinate(Content start);
  const RunReport& report() const;

 private:
  class Share;
  std::unique_ptr<Share> share_;
};

/// Joins the participants of this process and runs it; whoever has `start_from` sends the start message. Every process
/// calls it, with the same `start`. Where no number of participants is given, all are here.
RunReport start_distributed_optimization(std::span<Participant* const> participants, Content start,
                                         NatsOptions options);
/// The same in the process that has the coordinator: runs it and returns its result.
Content start_coordinated_optimization(std::span<Participant* const> participants, Coordinator& coordinator,
                                       Content start, NatsOptions options);
template <class Result>
Result start_coordinated_optimization(std::span<Participant* const> participants, Coordinator& coordinator,
                                      Content start, NatsOptions options) {
  const Content result =
      start_coordinated_optimization(participants, coordinator, std::move(start), std::move(options));
  return result.as<Result>();
}
/// The same in the other processes: these participants answer until the coordinator is done.
RunReport join_coordinated_optimization(std::span<Participant* const> participants, NatsOptions options);

}  // namespace entente
