// SPDX-License-Identifier: MIT
// read_nats_credentials: one flat mapping of YAML, or a `.creds` file.
#include <fmt/format.h>
#include <sys/stat.h>
#include <yaml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

#include "carriers/nats_access.hpp"

namespace entente {
namespace {

constexpr std::size_t most_bytes = 1 << 16;

struct Field {
  std::string_view key;
  std::string NatsAccess::*member;
  bool is_file;
};
constexpr std::array<Field, 9> fields = {{{"user", &NatsAccess::user, false},
                                          {"password", &NatsAccess::password, false},
                                          {"token", &NatsAccess::token, false},
                                          {"nkey", &NatsAccess::nkey, false},
                                          {"seed", &NatsAccess::seed, false},
                                          {"authority", &NatsAccess::authority, true},
                                          {"certificate", &NatsAccess::certificate, true},
                                          {"key", &NatsAccess::key, true},
                                          {"url", &NatsAccess::url, false}}};
constexpr const char* expected =
    "expected any of user, password, token, nkey, seed, authority, certificate, key, url, each with a text";

class Parser {
 public:
  Parser(const std::string& file, const std::string& text) : file_(file) {
    if (!yaml_parser_initialize(&parser_)) throw std::bad_alloc();
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }
  Parser(const Parser&) = delete;
  ~Parser() {
    if (event_.type != YAML_NO_EVENT) yaml_event_delete(&event_);
    yaml_parser_delete(&parser_);
  }

  yaml_event_type_t next() {
    if (event_.type != YAML_NO_EVENT) yaml_event_delete(&event_);
    event_ = {};
    if (!yaml_parser_parse(&parser_, &event_)) {
      const std::size_t line = parser_.problem_mark.line;
      // What the parser found is not repeated: it may be a secret.
      throw Error(ErrorCode::bad_input, {file_, std::uint32_t(line + 1), 0, ""},
                  fmt::format("this is no YAML ({}); {}", parser_.problem ? parser_.problem : "unreadable", expected));
    }
    return event_.type;
  }
  std::string text() const {
    return {reinterpret_cast<const char*>(event_.data.scalar.value), event_.data.scalar.length};
  }
  Place place(const std::string& key) const {
    return {file_, std::uint32_t(event_.start_mark.line + 1), std::uint32_t(event_.start_mark.column + 1), key};
  }

 private:
  const std::string& file_;
  yaml_parser_t parser_;
  yaml_event_t event_ = {};
};

std::string read_text(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(most_bytes + 1, '\0');
  if (in) in.read(text.data(), std::streamsize(text.size()));
  if (!in.eof() && !in.good())
    throw Error(ErrorCode::bad_input, {file, 0, 0, ""},
                fmt::format("the credentials cannot be read: {}", std::strerror(errno)));
  text.resize(std::size_t(in.gcount()));
  if (text.size() > most_bytes)
    throw Error(ErrorCode::too_large, {file, 0, 0, ""},
                "a file of more than 64 KiB was found, where a few lines of credentials were expected");
  return text;
}

void read_mapping(const std::string& file, const std::string& text, NatsAccess& access) {
  Parser parser(file, text);
  parser.next();  // the stream
  if (parser.next() != YAML_DOCUMENT_START_EVENT)
    throw Error(ErrorCode::bad_input, {file, 0, 0, ""}, fmt::format("the file is empty; {}", expected));
  if (parser.next() != YAML_MAPPING_START_EVENT)
    throw Error(ErrorCode::bad_input, parser.place(""), fmt::format("this is no mapping; {}", expected));
  std::set<std::string> seen;
  for (;;) {
    const yaml_event_type_t type = parser.next();
    if (type == YAML_MAPPING_END_EVENT) break;
    if (type != YAML_SCALAR_EVENT) throw Error(ErrorCode::bad_input, parser.place(""), expected);
    const std::string key = parser.text();
    const auto field = std::find_if(fields.begin(), fields.end(), [&](const Field& one) { return one.key == key; });
    if (field == fields.end())
      throw Error(ErrorCode::bad_input, parser.place(printable(key)),
                  fmt::format("the key `{}` is not known; {}", printable(key), expected));
    if (!seen.insert(key).second)
      throw Error(ErrorCode::bad_input, parser.place(key), fmt::format("`{}` is here for the second time", key));
    if (parser.next() != YAML_SCALAR_EVENT)
      throw Error(ErrorCode::bad_input, parser.place(key), "a list or mapping was found, where a text was expected");
    std::string value = parser.text();
    if (value.empty()) throw Error(ErrorCode::bad_input, parser.place(key), "an empty text was found");
    if (value.find('\0') != std::string::npos)
      throw Error(ErrorCode::bad_input, parser.place(key), "a zero byte was found in a text");
    if (field->is_file) value = (std::filesystem::path(file).parent_path() / value).string();
    access.*(field->member) = std::move(value);
  }
}

}  // namespace

NatsAccess read_nats_credentials(const std::string& file, NatsAccess access,
                                 const std::function<void(const std::string&)>& warn) {
  struct stat about {};
  if (::stat(file.c_str(), &about) != 0)
    throw Error(ErrorCode::bad_input, {file, 0, 0, ""},
                fmt::format("the credentials cannot be read: {}", std::strerror(errno)));
  if (S_ISDIR(about.st_mode))
    throw Error(ErrorCode::bad_input, {file, 0, 0, ""}, "a folder was found, where a file of credentials was expected");
  if (warn && (about.st_mode & 077) != 0 && S_ISREG(about.st_mode))
    warn(fmt::format("{} can be read or written by others on this machine; `chmod 600` mends that",
                     printable(file, 200)));
  const std::string text = read_text(file);
  if (text.find("-----BEGIN NATS USER JWT-----") != std::string::npos) {
    if (text.find("-----BEGIN USER NKEY SEED-----") == std::string::npos)
      throw Error(ErrorCode::bad_input, {file, 0, 0, ""},
                  "this .creds file has no seed; expected a part that begins with -----BEGIN USER NKEY SEED-----");
    access.user_file = file;
  } else {
    read_mapping(file, text, access);
  }
  try {
    check_nats_access(access);
    nats_servers(access);
  } catch (const Error& error) {
    throw Error(error.code(), {file, 0, 0, ""}, error.what());
  }
  return access;
}

}  // namespace entente
