// SPDX-License-Identifier: MIT
// Contents: what they refuse.
#include "entente/carriers/message.hpp"

#include <fmt/format.h>

#include "entente/base/error.hpp"

namespace entente {

void Content::encode(std::vector<std::byte>& bytes) const {
  if (!type_) return;
  if (!type_->encode)
    throw Error(ErrorCode::unsupported,
                fmt::format("a message of type {} cannot travel as bytes: its type has no codec (base/codec.hpp says "
                            "which types have one)",
                            type_->name));
  type_->encode(value_.get(), bytes);
}

void Content::refuse(std::string_view expected) const {
  throw Error(ErrorCode::wrong_use,
              fmt::format("found a message of type {} where {} was expected", type_name(), expected));
}

}  // namespace entente
