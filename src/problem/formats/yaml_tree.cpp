// SPDX-License-Identifier: MIT
// YamlDocument::parse: from libyaml's events to a tree, with the checks that libyaml leaves to its callers.
#include "problem/formats/yaml_document.hpp"

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include "problem/formats/text_input.hpp"

namespace entente {
namespace {

constexpr std::uint32_t none = YamlNode::Range<YamlNode>::none;

/// libyaml's parser, closed on every way out.
class EventSource {
 public:
  explicit EventSource(std::string_view text) {
    if (!yaml_parser_initialize(&parser_)) throw std::bad_alloc();
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }
  ~EventSource() {
    yaml_event_delete(&event_);
    yaml_parser_delete(&parser_);
  }
  EventSource(const EventSource&) = delete;
  EventSource& operator=(const EventSource&) = delete;

  /// The next event, valid until the next call; null after a syntax error.
  const yaml_event_t* next() {
    yaml_event_delete(&event_);
    std::memset(&event_, 0, sizeof event_);
    return yaml_parser_parse(&parser_, &event_) ? &event_ : nullptr;
  }
  const yaml_parser_t& parser() const { return parser_; }

 private:
  yaml_parser_t parser_;
  yaml_event_t event_{};
};

std::uint32_t from_one(std::size_t position) {
  return static_cast<std::uint32_t>(std::min<std::size_t>(position + 1, static_cast<std::uint32_t>(-1)));
}

std::string_view view(const yaml_char_t* text) { return text ? reinterpret_cast<const char*>(text) : ""; }

}  // namespace

/// Builds the records of one document.
class YamlTreeBuilder {
 public:
  YamlTreeBuilder(std::string_view text, YamlDocument& document, const YamlLimits& limits)
      : text_(text), tree_(*document.tree_), records_(document.tree_->records), limits_(limits), events_(text) {
    alias_bytes_left_ = limits.alias_bytes + 32 * text.size();
    // A child of its own at index 0 keeps `first` and `next` free of special cases.
    open_.push_back({none, none, 0, 0, {}});
  }

  void run() {
    bool begun = false;
    for (;;) {
      const yaml_event_t* event = events_.next();
      if (!event) syntax_error();
      switch (event->type) {
        case YAML_STREAM_END_EVENT:
          if (!begun) fail(Place{file(), 0, 0, {}}, "the file is empty; expected a map of sections");
          return;
        case YAML_DOCUMENT_START_EVENT:
          if (begun) fail(place(*event), "a second YAML document begins; expected one document in a file");
          begun = true;
          break;
        case YAML_SCALAR_EVENT: scalar(*event); break;
        case YAML_ALIAS_EVENT: alias(*event); break;
        case YAML_SEQUENCE_START_EVENT:
          open(*event, YamlKind::list, event->data.sequence_start.anchor, view(event->data.sequence_start.tag));
          break;
        case YAML_MAPPING_START_EVENT:
          open(*event, YamlKind::map, event->data.mapping_start.anchor, view(event->data.mapping_start.tag));
          break;
        case YAML_SEQUENCE_END_EVENT:
        case YAML_MAPPING_END_EVENT: close(); break;
        default: break;
      }
    }
  }

 private:
  /// A list or map whose end was not met yet.
  struct Open {
    std::uint32_t index, last;
    std::size_t children;  ///< Keys and values count one each.
    std::size_t weight;    ///< Bytes it stands for, aliases followed.
    std::string anchor;
  };
  struct Anchor {
    std::uint32_t index;
    std::size_t weight;
    bool open;
  };

  const std::string& file() const { return tree_.file; }
  Place place(const yaml_event_t& event) const {
    return {file(), from_one(event.start_mark.line), from_one(event.start_mark.column), {}};
  }
  Place place(std::uint32_t index) const { return {file(), records_[index].line, records_[index].column, {}}; }
  [[noreturn]] static void fail(const Place& place, const std::string& message) {
    throw Error(ErrorCode::bad_input, place, message);
  }

  [[noreturn]] void syntax_error() {
    const yaml_parser_t& parser = events_.parser();
    const bool marked = parser.error == YAML_SCANNER_ERROR || parser.error == YAML_PARSER_ERROR;
    if (parser.error == YAML_MEMORY_ERROR) throw std::bad_alloc();
    Place where{file(), 0, 0, {}};
    if (marked) where.line = from_one(parser.problem_mark.line), where.column = from_one(parser.problem_mark.column);
    std::string message = fmt::format("YAML syntax error: {}", parser.problem ? parser.problem : "unreadable text");
    if (parser.context)
      message += fmt::format(" ({} that begins at line {})", parser.context, parser.context_mark.line + 1);
    if (marked) {
      const std::size_t at = offset_of(parser.problem_mark.index);
      if (at < text_.size() && text_[at] == '\t') message += "; a tab stands where blanks must indent";
    }
    fail(where, message);
  }

  /// Byte offset of libyaml's character index. Indexes come in ascending order, so that all calls together are O(text).
  std::size_t offset_of(std::size_t index) {
    if (index < character_) character_ = 0, byte_ = 0;
    while (character_ < index && byte_ < text_.size()) {
      ++byte_;
      while (byte_ < text_.size() && (static_cast<unsigned char>(text_[byte_]) & 0xc0) == 0x80) ++byte_;
      ++character_;
    }
    return byte_;
  }

  /// Column of the first character below the sign of a block scalar.
  std::uint32_t block_column(std::size_t index) {
    std::size_t at = text_.find('\n', offset_of(index));
    while (at != std::string_view::npos) {
      const std::size_t first = text_.find_first_not_of(' ', at + 1);
      if (first == std::string_view::npos) break;
      if (text_[first] != '\n' && text_[first] != '\r') return from_one(first - at - 1);
      at = text_.find('\n', at + 1);
    }
    return 0;
  }

  std::uint32_t append(const yaml_event_t& event, YamlKind kind) {
    if (records_.size() >= none - 1) throw Error(ErrorCode::too_large, place(event), "more than 4294967294 nodes");
    const auto index = static_cast<std::uint32_t>(records_.size());
    const Place at = place(event);
    records_.push_back({kind, ScalarStyle::plain, false, at.line, at.column, at.column, none, none, "", 0});
    adopt(index);
    return index;
  }

  /// Makes a record the next child of the innermost open list or map.
  void adopt(std::uint32_t index) {
    Open& parent = open_.back();
    if (parent.index != none) (parent.last == none ? records_[parent.index].first : records_[parent.last].next) = index;
    parent.last = index;
    ++parent.children;
  }

  bool at_key() const {
    const Open& parent = open_.back();
    return parent.index != none && records_[parent.index].kind == YamlKind::map && parent.children % 2 == 0;
  }

  void name(const yaml_char_t* anchor, std::uint32_t index, std::size_t weight, bool is_open) {
    if (anchor) anchors_[std::string(view(anchor))] = {index, weight, is_open};
  }

  void scalar(const yaml_event_t& event) {
    const auto& scalar = event.data.scalar;
    const bool plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
    const bool block = scalar.style == YAML_LITERAL_SCALAR_STYLE || scalar.style == YAML_FOLDED_SCALAR_STYLE;
    const std::uint32_t index = append(event, YamlKind::scalar);
    YamlRecord& record = records_[index];
    record.style = plain ? ScalarStyle::plain : block ? ScalarStyle::block : ScalarStyle::quoted;
    record.resolved = plain;
    record.size = scalar.length;
    if (scalar.length > 0) {
      char* copy = static_cast<char*>(tree_.characters.allocate(scalar.length, 1));
      std::memcpy(copy, scalar.value, scalar.length);
      record.text = copy;
    }
    if (record.style == ScalarStyle::quoted) ++record.text_column;
    if (block) record.text_column = block_column(event.start_mark.index);
    if (scalar.tag) apply_tag(record, view(scalar.tag), place(event));
    open_.back().weight += 16 + scalar.length;
    name(scalar.anchor, index, 16 + scalar.length, false);
  }

  static constexpr std::string_view core = "tag:yaml.org,2002:";

  [[noreturn]] static void bad_tag(const Place& where, std::string_view tag) {
    const std::string written = tag.starts_with(core) ? "!!" + std::string(tag.substr(core.size())) : std::string(tag);
    fail(where, fmt::format("the tag {} is not known; only the types of YAML's core schema are, and no tag runs code",
                            printable(written)));
  }

  static void apply_tag(YamlRecord& record, std::string_view tag, const Place& where) {
    if (tag == "!" || tag == "tag:yaml.org,2002:str") {
      record.resolved = false;
      return;
    }
    if (!tag.starts_with(core)) bad_tag(where, tag);
    const std::string_view type = tag.substr(core.size());
    const ScalarKind kind = resolve_core({record.text, record.size}).kind;
    const bool whole = kind == ScalarKind::integer || kind == ScalarKind::large_integer;
    if (!(type == "int" && whole) && !(type == "float" && (whole || kind == ScalarKind::real)) &&
        !(type == "bool" && kind == ScalarKind::boolean) && !(type == "null" && kind == ScalarKind::null) &&
        type != "merge") {
      if (type == "int" || type == "float" || type == "bool" || type == "null")
        fail(where, fmt::format("{} is not of the type its tag !!{} says",
                                printable(std::string(record.text, record.size)), type));
      bad_tag(where, tag);
    }
    record.resolved = true;
  }

  void alias(const yaml_event_t& event) {
    const std::string anchor(view(event.data.alias.anchor));
    const auto target = anchors_.find(anchor);
    if (target == anchors_.end())
      fail(place(event), fmt::format("the alias *{} stands for nothing; no anchor &{} comes before it",
                                     printable(anchor), printable(anchor)));
    if (target->second.open)
      fail(place(event), fmt::format("the alias *{} stands inside of what it stands for", printable(anchor)));
    if (at_key() && records_[target->second.index].kind != YamlKind::scalar)
      fail(place(event), "the key of a map must be a single text");
    charge(target->second.weight, place(event));
    open_.back().weight += target->second.weight;
    const std::uint32_t index = append(event, YamlKind::alias);
    records_[index].first = target->second.index;
    name(nullptr, index, 0, false);
  }

  /// Takes what an alias stands for off the budget.
  void charge(std::size_t weight, const Place& where) {
    if (weight > alias_bytes_left_)
      throw Error(ErrorCode::too_large, where, "the aliases stand for too much text; write less of it by aliases");
    alias_bytes_left_ -= weight;
  }

  void open(const yaml_event_t& event, YamlKind kind, const yaml_char_t* anchor, std::string_view tag) {
    if (open_.size() > limits_.depth)
      throw Error(ErrorCode::too_large, place(event), fmt::format("lists and maps nest deeper than {}", limits_.depth));
    if (at_key()) fail(place(event), "the key of a map must be a single text");
    if (!tag.empty() && tag != (kind == YamlKind::map ? "tag:yaml.org,2002:map" : "tag:yaml.org,2002:seq") &&
        tag != "!")
      bad_tag(place(event), tag);
    const std::uint32_t index = append(event, kind);
    name(anchor, index, 0, true);
    open_.push_back({index, none, 0, 16, std::string(view(anchor))});
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    YamlRecord& record = records_[done.index];
    record.size = done.children;
    if (record.kind == YamlKind::map) {
      record.size /= 2;
      check_keys(done.index);
      merge(done);
    }
    open_.back().weight += done.weight;
    if (!done.anchor.empty()) {
      // The name may have been given to something inside meanwhile; YAML lets the later one win.
      Anchor& anchor = anchors_[done.anchor];
      if (anchor.index == done.index) anchor = {done.index, done.weight, false};
    }
  }

  const YamlRecord& followed(std::uint32_t index) const {
    return records_[index].kind == YamlKind::alias ? records_[records_[index].first] : records_[index];
  }
  std::string_view key_text(std::uint32_t index) const {
    const YamlRecord& key = followed(index);
    return {key.text, key.size};
  }
  bool is_merge(std::uint32_t key) const { return followed(key).resolved && key_text(key) == "<<"; }

  void check_keys(std::uint32_t map) {
    const YamlRecord& record = records_[map];
    if (record.size < 2) return;
    const auto twice = [&](std::uint32_t key) {
      std::uint32_t other = records_[map].first;
      while (key_text(other) != key_text(key)) other = records_[records_[other].next].next;
      fail(place(key), fmt::format("the key {} is there twice; it was given before in line {}",
                                   printable(std::string(key_text(key))), records_[other].line));
    };
    if (record.size <= 8) {
      for (std::uint32_t key = record.first; key != none; key = records_[records_[key].next].next)
        for (std::uint32_t other = record.first; other != key; other = records_[records_[other].next].next)
          if (key_text(other) == key_text(key)) twice(key);
      return;
    }
    std::unordered_set<std::string_view> seen;
    seen.reserve(record.size);
    for (std::uint32_t key = record.first; key != none; key = records_[records_[key].next].next)
      if (!seen.insert(key_text(key)).second) twice(key);
  }

  /// Replaces a key `<<` by the entries of the maps it names, as far as their keys are not given.
  void merge(Open& map) {
    const std::uint32_t first = records_[map.index].first;
    std::uint32_t before = none, merge_key = first;
    while (merge_key != none && !is_merge(merge_key))
      before = records_[merge_key].next, merge_key = records_[before].next;
    if (merge_key == none) return;
    const std::uint32_t sources = records_[merge_key].next;

    std::unordered_set<std::string_view> keys;
    std::uint32_t last = none;
    for (std::uint32_t key = first; key != none; key = records_[last].next) {
      if (key != merge_key) keys.insert(key_text(key));
      last = records_[key].next;
    }
    --records_[map.index].size;
    const auto take = [&](std::uint32_t source) {
      if (followed(source).kind != YamlKind::map) fail(place(source), "<< merges maps; this is none");
      for (std::uint32_t key = followed(source).first; key != none; key = records_[records_[key].next].next) {
        charge(32, place(merge_key));
        if (!keys.insert(key_text(key)).second) continue;
        for (const std::uint32_t part : {key, records_[key].next}) {
          if (records_.size() >= none - 1)
            throw Error(ErrorCode::too_large, place(merge_key), "more than 4294967294 nodes");
          YamlRecord copy = records_[part];
          if (copy.kind != YamlKind::alias) copy.kind = YamlKind::alias, copy.first = part;
          copy.next = none;
          records_[last].next = static_cast<std::uint32_t>(records_.size());
          last = records_[last].next;
          records_.push_back(copy);
        }
        ++records_[map.index].size;
        map.weight += 32 + key_text(key).size();
      }
    };
    if (followed(sources).kind == YamlKind::list)
      for (std::uint32_t source = followed(sources).first; source != none; source = records_[source].next) take(source);
    else
      take(sources);
    // What was merged follows `<<`, so that the pair itself can be taken out of the chain now.
    (before == none ? records_[map.index].first : records_[before].next) = records_[sources].next;
  }

  std::string_view text_;
  YamlDocument::Tree& tree_;
  std::vector<YamlRecord>& records_;
  YamlLimits limits_;
  EventSource events_;
  std::vector<Open> open_;
  std::unordered_map<std::string, Anchor> anchors_;
  std::size_t alias_bytes_left_;
  std::size_t character_ = 0, byte_ = 0;  // the last position of offset_of
};

YamlDocument YamlDocument::parse(std::string_view text, std::string file, const YamlLimits& limits) {
  YamlDocument document;
  document.tree_->file = std::move(file);
  YamlTreeBuilder(checked_utf8(text, document.file()), document, limits).run();
  return document;
}

}  // namespace entente
