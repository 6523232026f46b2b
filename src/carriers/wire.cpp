// SPDX-License-Identifier: MIT
// Messages as bytes: the frame, and the registry of types.
#include "entente/carriers/wire.hpp"

#include <fmt/format.h>

#include "entente/base/codec.hpp"
#include "entente/base/error.hpp"

namespace entente {
namespace {

constexpr std::uint8_t form_version = 1;
constexpr auto kinds = std::uint8_t(Envelope::Kind::failure) + 1;

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorCode::bad_input, fmt::format("a message cannot be read: {}", what));
}

}  // namespace

ContentTypes& ContentTypes::add(const detail::ContentType& type) {
  const auto [at, fresh] = types_[std::string(type.name)].try_emplace(type.version, &type);
  if (!fresh && *at->second->info != *type.info)
    throw Error(ErrorCode::wrong_use, fmt::format("two types of content are called {} (version {}); give one another "
                                                  "content_name or content_version",
                                                  type.name, type.version));
  return *this;
}

Content ContentTypes::decode(std::string_view name, std::uint32_t version, std::span<const std::byte> bytes) const {
  const auto known = types_.find(name);
  if (known == types_.end())
    throw Error(ErrorCode::unsupported,
                fmt::format("a message of type {} arrived, which is not known here; add it to the ContentTypes",
                            printable(std::string(name), 200)));
  const auto at = known->second.find(version);
  if (at == known->second.end())
    throw Error(ErrorCode::unsupported,
                fmt::format("a message of type {} arrived in version {}, of which version {} is known here",
                            known->first, version, known->second.rbegin()->first));
  std::shared_ptr<const void> value = at->second->decode(bytes);
  if (!value)
    refuse(fmt::format("its {} bytes are not those of a {} (version {})", bytes.size(), known->first, version));
  return Content::of(*at->second, std::move(value));
}

void write_envelope(const Envelope& envelope, std::vector<std::byte>& bytes) {
  Writer write(bytes);
  write(form_version);
  write(std::uint8_t(envelope.kind));
  write(envelope.is_reply);
  write(envelope.from.number);
  write(envelope.to.number);
  write(envelope.id);
  write(envelope.notes ? *envelope.notes : Notes());
  const Content& content = envelope.content;
  write(content.empty() ? std::string() : std::string(content.type_name()));
  write(content.type_version());
  write(std::uint64_t(content.encoded_size()));
  content.encode(bytes);
}

Envelope read_envelope(std::span<const std::byte> bytes, const ContentTypes& types) {
  Reader read(bytes);
  std::uint8_t version = 0, kind = 0;
  if (!read(version)) refuse("there are no bytes");
  if (version != form_version)
    throw Error(ErrorCode::unsupported,
                fmt::format("a message of form {} arrived, where form {} is known", version, form_version));
  Envelope envelope;
  Notes notes;
  std::string name;
  std::uint32_t type_version = 0;
  std::uint64_t size = 0;
  if (!read(kind) || !read(envelope.is_reply) || !read(envelope.from.number) || !read(envelope.to.number) ||
      !read(envelope.id) || !read(notes) || !read(name) || !read(type_version) || !read(size))
    refuse(fmt::format("its {} bytes end within its head, or make no sense there", bytes.size()));
  if (kind >= kinds) refuse(fmt::format("it is of kind {}, where 0 to {} was expected", kind, kinds - 1));
  if (size != read.rest())
    refuse(fmt::format("{} bytes are left for its value, where {} were expected", read.rest(), size));
  envelope.kind = Envelope::Kind(kind);
  if (!notes.empty()) envelope.notes = std::make_unique<Notes>(std::move(notes));
  if (!name.empty())
    envelope.content = types.decode(name, type_version, bytes.last(read.rest()));
  else if (size > 0 || type_version > 0)
    refuse("it has a value but no type");
  return envelope;
}

}  // namespace entente
