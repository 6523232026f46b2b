// SPDX-License-Identifier: MIT
// Messages as bytes and back, for carriers that leave the process.
//
// Form  One byte for the version of this form (1), one for the kind, one for `is_reply`; addresses in 4 bytes, the id
// in
//       8; the notes; the name of the content's type, its version in 4 bytes, the length of its value in 8, the value.
//       All in the form of base/codec.hpp. A message without a content has an empty name and no value.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "entente/carriers/endpoint.hpp"
#include "entente/carriers/message.hpp"

namespace entente {

/// The types of content that a receiver knows, by name and version.
class ContentTypes {
 public:
  ContentTypes() { add<Refusal>(); }
  /// Throws Error{wrong_use} if another type of that name and version is known.
  template <class T>
  ContentTypes& add() {
    static_assert(Encodable<T>, "this type has no codec; base/codec.hpp says which types have one");
    return add(detail::content_type<T>);
  }
  ContentTypes& add(const detail::ContentType& type);
  /// Throws Error{unsupported} if the type is not known, and Error{bad_input} if these are not the bytes of one.
  Content decode(std::string_view name, std::uint32_t version, std::span<const std::byte> bytes) const;

 private:
  std::map<std::string, std::map<std::uint32_t, const detail::ContentType*>, std::less<>> types_;
};

/// Appends the bytes of `envelope`. Throws Error{unsupported} if its content cannot travel as bytes.
void write_envelope(const Envelope& envelope, std::vector<std::byte>& bytes);

/// The message that these bytes are. Throws Error{bad_input} if they are not exactly one, whatever they are, and
/// Error{unsupported} if its content is of a type that is not known or the form is of another version. Takes no more
/// memory than the message that they describe.
Envelope read_envelope(std::span<const std::byte> bytes, const ContentTypes& types);

}  // namespace entente
