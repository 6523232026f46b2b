// SPDX-License-Identifier: MIT
// Broker: a NATS server of our own, which only those reach who have its credentials, and only from this machine.
#pragma once

#include <atomic>
#include <string>

#include "deploy/child_processes.hpp"
#include "deploy/descriptor.hpp"
#include "entente/carriers/nats.hpp"

namespace entente::deploy {

/// The path of `nats-server`: `program` itself if it has a slash, else where the shell or an administrator's shell
/// would find it. Throws Error{unsupported} that names the package to install where it is not to be found.
std::string find_server(const std::string& program);

/// Its configuration and credentials are files without a name, so that nothing of it is left when it ends; the kernel
/// kills it when this process ends.
class Broker {
 public:
  /// Starts the server and returns at once. Throws Error as find_server and ChildProcesses::start.
  Broker(ChildProcesses& children, const std::string& program);

  /// Waits until it takes connections. Throws Error{bad_input} if it ends before, or takes longer than `patience`
  /// seconds, or once `interrupt` (which may be null) is true.
  const NatsAccess& access(double patience, const std::atomic<bool>* interrupt);
  /// For `--credentials`, under the number that it has in another process. Others on this machine cannot read it.
  const Descriptor& credentials() const { return credentials_; }
  std::size_t child() const { return child_; }

 private:
  ChildProcesses& children_;
  Descriptor configuration_, credentials_;
  std::size_t child_ = 0;
  NatsAccess access_;
};

}  // namespace entente::deploy
