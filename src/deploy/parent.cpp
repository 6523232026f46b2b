// SPDX-License-Identifier: MIT
// The life of a process that another one has started, bound to that one's.
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "entente/deploy.hpp"

namespace entente {

void end_with_parent(int descriptor) {
  // Nobody writes there: whatever poll reports is the end of it.
  std::thread([descriptor] {
    pollfd parent{descriptor, POLLIN, 0};
    while (poll(&parent, 1, -1) < 0 && errno == EINTR) continue;
    _exit(3);
  }).detach();
}

}  // namespace entente
