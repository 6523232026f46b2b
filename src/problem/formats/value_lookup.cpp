// SPDX-License-Identifier: MIT
#include "problem/formats/value_lookup.hpp"

#include <charconv>

#include "problem/formats/yaml_scalar.hpp"

namespace entente {

ValueLookup::ValueLookup(const Domain& domain) : size_(domain.values.size()), domain_(&domain) {
  if (const auto* first = std::get_if<std::int64_t>(&domain.values[0])) {
    row_ = true;
    first_ = *first;
    for (std::size_t i = 0; row_ && i < size_; ++i) {
      const auto* number = std::get_if<std::int64_t>(&domain.values[i]);
      row_ = number && static_cast<std::uint64_t>(*number) - static_cast<std::uint64_t>(first_) == i;
    }
    if (row_) return;
  }
  for (std::size_t i = 0; i < size_; ++i) {
    const Value& value = domain.values[i];
    const auto index = static_cast<ValueIndex>(i);
    if (!std::holds_alternative<std::string>(value)) written_.emplace(to_text(value), index);
    if (const auto* boolean = std::get_if<bool>(&value))
      for (const char* spelling : {*boolean ? "True" : "False", *boolean ? "TRUE" : "FALSE"})
        written_.emplace(spelling, index);
  }
  for (std::size_t i = 0; i < size_; ++i)
    if (const auto* text = std::get_if<std::string>(&domain.values[i]))
      if (!written_.emplace(*text, static_cast<ValueIndex>(i)).second)
        texts_.emplace(*text, static_cast<ValueIndex>(i));
}

ValueIndex ValueLookup::find(std::string_view text, bool quoted) const {
  if (row_) {
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure == std::errc() && end == text.data() + text.size()) {
      const std::uint64_t offset = static_cast<std::uint64_t>(number) - static_cast<std::uint64_t>(first_);
      return offset < size_ ? static_cast<ValueIndex>(offset) : no_value;
    }
  }
  if (quoted)
    if (const auto found = texts_.find(text); found != texts_.end()) return found->second;
  if (const auto found = written_.find(text); found != written_.end()) return found->second;
  // Another way to write a number: 1.0 for 1, 5e-1 for 0.5.
  const CoreScalar scalar = resolve_core(text);
  return quoted || !scalar.is_number() ? no_value : domain_->index_of(scalar.value);
}

}  // namespace entente
