// SPDX-License-Identifier: MIT
#include "carriers/gathering.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "entente/base/error.hpp"

namespace entente {

std::string describe_addresses(const std::vector<std::uint32_t>& addresses, std::uint32_t participants) {
  std::vector<std::string> parts;
  bool coordinator = false;
  std::size_t count = 0;
  std::string list;
  for (const std::uint32_t address : addresses) {
    if (address > participants) {
      coordinator = true;
    } else if (++count <= 8) {
      list += (list.empty() ? "" : ", ") + std::to_string(address);
    }
  }
  if (count > 8) list += fmt::format(" and {} more", count - 8);
  std::string text = coordinator ? "the coordinator" : "";
  if (count > 0) text += fmt::format("{}participant{} {}", coordinator ? " and " : "", count > 1 ? "s" : "", list);
  return text.empty() ? "nobody" : text;
}

std::string describe_process(const std::vector<std::uint32_t>& addresses, std::uint32_t participants,
                             const std::string& name) {
  return fmt::format("{} ({})", describe_addresses(addresses, participants), printable(name, 100));
}

Gathering::Gathering(std::uint64_t self, Hello own) : self_(self), own_(std::move(own)), owner_(wanted()) {
  admit(self, own_);
}

std::optional<std::string> Gathering::admit(std::uint64_t process, const Hello& hello) {
  if (knows(process)) return std::nullopt;
  if (hello.participants != own_.participants || hello.coordinated != own_.coordinated)
    return fmt::format("this network has {} participants and {}, where {} and {} were expected", own_.participants,
                       own_.coordinated ? "a coordinator" : "no coordinator", hello.participants,
                       hello.coordinated ? "a coordinator" : "no coordinator");
  if (hello.reliable != own_.reliable)
    return fmt::format("messages of this network are {}reliable, where the opposite was expected",
                       own_.reliable ? "" : "not ");
  if (hello.addresses.empty() || std::adjacent_find(hello.addresses.begin(), hello.addresses.end(),
                                                    std::greater_equal<>()) != hello.addresses.end())
    return "it has no addresses, or they are not in order";
  for (const std::uint32_t address : hello.addresses) {
    if (address == 0 || address > wanted())
      return fmt::format("there is no address {}: addresses are 1 to {}", address, wanted());
    if (const std::uint64_t owner = owner_[address - 1]) {
      const Hello& other = there_.at(owner);
      return fmt::format("{} is there already: {}", describe_addresses({address}, own_.participants),
                         describe_process(other.addresses, own_.participants, other.name));
    }
  }
  for (const std::uint32_t address : hello.addresses) {
    claimed_ += owner_[address - 1] == 0;
    owner_[address - 1] = process;
  }
  there_.emplace(process, hello);
  return std::nullopt;
}

void Gathering::leave(std::uint64_t process) {
  const auto at = there_.find(process);
  if (at == there_.end() || process == self_) return;
  for (const std::uint32_t address : at->second.addresses) {
    claimed_ -= owner_[address - 1] != 0;
    owner_[address - 1] = 0;
  }
  there_.erase(at);
}

std::vector<std::uint32_t> Gathering::missing(std::size_t most) const {
  std::vector<std::uint32_t> list;
  for (std::size_t i = 0; i < owner_.size() && list.size() < most; ++i)
    if (owner_[i] == 0) list.push_back(std::uint32_t(i + 1));
  return list;
}

std::vector<RosterEntry> Gathering::roster() const {
  std::vector<RosterEntry> list;
  for (const auto& [process, hello] : there_) list.push_back({process, hello.name, hello.addresses});
  std::sort(list.begin(), list.end(), [&](const RosterEntry& one, const RosterEntry& two) {
    const bool first = one.process == self_, second = two.process == self_;
    return first != second ? first : one.addresses < two.addresses;
  });
  return list;
}

}  // namespace entente
