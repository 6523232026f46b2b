// SPDX-License-Identifier: MIT
// JsonMembers: an object of JSON that is written member by member.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "json_text.hpp"
#include "output.hpp"
#include "result_json.hpp"

namespace entente::cli {

/// Writes the members of one object, with commas and indentation.
class JsonMembers {
 public:
  JsonMembers(Output& out, JsonForm form) : JsonMembers(out, form, 2) {}
  /// An object as the value of the member that was just started.
  JsonMembers inside() {
    flush();
    return {out_, form_, indent_ + 2};
  }

  /// Starts a member; its value is appended to the text returned.
  std::string& member(std::string_view key) {
    flush();
    if (!first_) text_ += ',';
    break_line(indent_, first_ ? "" : " ");
    first_ = false;
    append_json(text_, key);
    text_ += ": ";
    return text_;
  }
  template <typename T>
  void add(std::string_view key, const T& value) {
    append_json(member(key), value);
  }
  void add_null(std::string_view key) { member(key) += "null"; }
  void close() {
    if (!first_) break_line(indent_ - 2, "");
    text_ += '}';
    flush();
  }

 private:
  JsonMembers(Output& out, JsonForm form, std::size_t indent) : out_(out), form_(form), indent_(indent) {}

  void break_line(std::size_t indent, std::string_view in_one_line) {
    if (form_ == JsonForm::line)
      text_ += in_one_line;
    else
      (text_ += '\n').append(indent, ' ');
  }
  void flush() {
    out_.write(text_);
    text_.clear();
  }

  Output& out_;
  const JsonForm form_;
  const std::size_t indent_;
  std::string text_ = "{";
  bool first_ = true;
};

}  // namespace entente::cli
