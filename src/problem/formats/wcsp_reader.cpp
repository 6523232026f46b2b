// SPDX-License-Identifier: MIT
// Reading WCSP files: a header, domain sizes, and cost functions as a default and a list of tuples.
#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>

#include "problem/formats/function_filling.hpp"
#include "problem/formats/global_functions.hpp"
#include "problem/formats/text_stream.hpp"
#include "problem/formats/wcsp.hpp"

namespace entente {
namespace {

class WcspReader {
 public:
  WcspReader(std::unique_ptr<ByteSource> source, const std::string& file, const ReadOptions& options)
      : stream_(std::move(source), file),
        options_(options),
        beginning_(stream_.ahead().substr(0, 400)),
        builder_({}, Objective::minimise, options.limits),
        filling_(builder_),
        globals_(builder_) {}

  Problem read() {
    read_header();
    read_domains();
    for (function_ = 0; function_ < functions_; ++function_) {
      part_ = Part::function;
      read_function();
    }
    part_ = Part::end;
    if (!stream_.at_end())
      warn(fmt::format("text after the {} cost functions that the header declares has no effect", functions_));
    return builder_.build();
  }

 private:
  enum class Part { header, domains, function, end };

  void read_header() {
    if (stream_.at_end()) fail("the file is empty; expected a header: name, variables, largest domain, functions, top");
    const std::uint32_t line = stream_.line();
    builder_.state().data->name = stream_.word();
    std::int64_t numbers[4];
    for (int i = 0; i < 4; ++i) {
      const bool there = !stream_.at_end() && stream_.line() == line;
      const std::string_view word = there ? stream_.word() : std::string_view();
      const Parsed number = parse(word);
      if (number.ec == std::errc() && number.whole) {
        numbers[i] = number.value;
        continue;
      }
      const std::string looks = looks_like(beginning_);
      if (i == 0 || !looks.empty())
        throw Error(ErrorCode::bad_input, {stream_.file(), line, 0, {}}, "not a wcsp header" + looks + "; " + header);
      if (!there)
        throw Error(ErrorCode::bad_input, {stream_.file(), line, 0, {}},
                    fmt::format("the header needs 5 fields in one line, {} are there; {}", i + 1, header));
      not_a_number(word, "an integer in the header", number.ec);
    }
    const auto [variables, largest, functions, top] = std::tuple(numbers[0], numbers[1], numbers[2], numbers[3]);
    constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max() - 1;
    if (variables < 0 || variables > most)
      fail(fmt::format("{} variables declared; expected 0 to {}", variables, most), ErrorCode::too_large);
    if (functions < 0 || functions > most)
      fail(fmt::format("{} cost functions declared; expected 0 to {}", functions, most), ErrorCode::too_large);
    if (top <= 0) fail(fmt::format("the top is {}; expected at least 1, as costs have to stay below it", top));
    builder_.state().check_name(builder_.state().data->name, place());
    variables_ = static_cast<std::uint32_t>(variables);
    functions_ = static_cast<std::uint32_t>(functions);
    largest_ = largest;
    top_ = top;
    builder_.set_infinity(options_.infinity);
    builder_.set_cost_limit(static_cast<double>(top));
  }

  void read_domains() {
    part_ = Part::domains;
    std::map<std::int64_t, std::uint32_t> domains;
    std::size_t values = 0;
    for (std::uint32_t variable = 0; variable < variables_; ++variable) {
      std::int64_t size = integer("a domain size");
      if (size == std::numeric_limits<std::int64_t>::min()) fail("the domain size is out of range");
      if (size < 0) size = -size;  // an interval; its values are the same
      if (size == 0) fail(fmt::format("the domain of variable {} is empty; expected a size of at least 1", variable));
      const auto [known, fresh] = domains.try_emplace(size, 0);
      if (fresh) {
        const std::size_t allowed = options_.limits.domain_values;
        values += static_cast<std::size_t>(size);
        if (static_cast<std::size_t>(size) > allowed || values > 4 * allowed)
          fail(fmt::format("a domain of {} values; at most {} are allowed{}", size, allowed,
                           static_cast<std::size_t>(size) > allowed ? "" : ", and four times that in different sizes"),
               ErrorCode::too_large);
        std::vector<Value> list;
        for (std::int64_t value = 0; value < size; ++value) list.emplace_back(value);
        known->second = builder_.add_domain(fmt::format("d{}", size), std::move(list), {}, place());
        if (size > largest_)
          warn(fmt::format("a domain of {} values, though the header says that none has more than {}", size, largest_));
      }
      builder_.add_variable({}, known->second);
    }
  }

  void read_function() {
    const std::int64_t arity = integer("the number of variables of a cost function");
    const bool shared = arity < 0;
    const std::uint64_t members = static_cast<std::uint64_t>(shared ? -(arity + 1) : arity) + shared;
    if (members > variables_) fail(fmt::format("{} variables in its scope; the problem has {}", members, variables_));
    scope_.clear();
    for (std::uint64_t i = 0; i < members; ++i) {
      const std::int64_t variable = integer("the number of a variable");
      if (variable < 0 || variable >= variables_)
        fail(fmt::format("variable number {} is out of range; expected 0 to {}", variable, variables_ - 1));
      scope_.push_back(static_cast<VariableId>(variable));
    }
    const Place here = place();
    builder_.state().check_scope(scope_, here);
    const std::int64_t default_cost = integer("a default cost");
    if (default_cost == -1 && !scope_.empty()) {
      read_global(here);
      return;
    }
    const double rest = cost_of(default_cost);
    const std::int64_t count = integer("a number of tuples");
    if (count < 0) {
      reuse(count);
      return;
    }
    filling_.begin(scope_, rest, static_cast<std::uint64_t>(count), here);
    if (scope_.empty() ? count > 0 : static_cast<std::uint64_t>(count) > filling_.cells())
      fail(fmt::format(
          "{} tuples declared; {}", count,
          scope_.empty() ? "a constant has none" : fmt::format("its table has {} cells", filling_.cells())));
    read_tuples(count);
    DefinedFunction function = filling_.end({});
    if (shared) shared_.push_back(std::move(function));
  }

  void read_global(const Place& here) {
    GlobalParameters parameters;
    parameters.next = [this] { return stream_.word(); };
    parameters.position = [this](std::string_view word) -> std::optional<std::size_t> {
      const Parsed number = parse(word);
      if (number.ec != std::errc() || !number.whole) return std::nullopt;
      for (std::size_t k = 0; k < scope_.size(); ++k)
        if (scope_[k] == number.value) return k;
      return std::nullopt;
    };
    parameters.place = [this] { return place(); };
    parameters.top = static_cast<double>(top_);
    parameters.keyword = stream_.word();
    globals_.add({}, scope_, parameters, here);
  }

  void read_tuples(std::int64_t count) {
    const ProblemData& data = *builder_.state().data;
    sizes_.clear();
    for (const VariableId variable : scope_) sizes_.push_back(data.domain_size[data.variable_domain[variable]]);
    const std::span<ValueIndex> tuple = filling_.tuple();
    for (std::int64_t i = 0; i < count; ++i) {
      for (std::size_t k = 0; k < tuple.size(); ++k) {
        const std::int64_t value = integer("a value");
        if (value < 0 || value >= sizes_[k])
          fail(fmt::format("value {} is not in the domain of variable {}; expected 0 to {}", value, scope_[k],
                           sizes_[k] - 1));
        tuple[k] = static_cast<ValueIndex>(value);
      }
      if (!filling_.set(cost_of(integer("a cost"))) && !warned_twice_) {
        warned_twice_ = true;
        warn("a tuple is given twice with different costs; the last one counts");
      }
    }
  }

  /// The tuples of a function that was given before with a negative arity.
  void reuse(std::int64_t count) {
    const std::uint64_t number = static_cast<std::uint64_t>(-(count + 1));
    if (number >= shared_.size())
      fail(fmt::format("refers to shared cost function {}, which does not exist; {} were given before", number + 1,
                       shared_.size()));
    filling_.share({}, scope_, shared_[number], place());
  }

  double cost_of(std::int64_t cost) {
    if (cost < 0) fail(fmt::format("negative cost {}; a wcsp file has costs of at least 0", cost));
    if (cost >= top_) return std::numeric_limits<double>::infinity();
    if (cost > std::int64_t(1) << 53 && !warned_digits_) {
      warned_digits_ = true;
      warn(fmt::format("the cost {} has too many digits and is rounded; up to 2^53 all digits count", cost));
    }
    return static_cast<double>(cost);
  }

  struct Parsed {
    std::int64_t value = 0;
    std::errc ec = std::errc::invalid_argument;
    bool whole = false;
  };
  static Parsed parse(std::string_view word) {
    Parsed parsed;
    if (word.starts_with('+')) word.remove_prefix(1);
    const auto [end, ec] = std::from_chars(word.data(), word.data() + word.size(), parsed.value);
    parsed.ec = ec;
    parsed.whole = end == word.data() + word.size();
    return parsed;
  }

  std::int64_t integer(const char* what) {
    const std::string_view word = stream_.word();
    const Parsed parsed = parse(word);
    if (parsed.ec == std::errc() && parsed.whole) return parsed.value;
    not_a_number(word, what, parsed.ec);
  }

  [[noreturn]] void not_a_number(std::string_view word, const char* what, std::errc reason) const {
    if (word.empty())
      fail(part_ == Part::function
               ? fmt::format("unexpected end of file; expected {} ({} cost functions declared, {} found)", what,
                             functions_, function_)
               : fmt::format("unexpected end of file; expected {}", what));
    const std::string text = printable(std::string(word));
    if (reason == std::errc::result_out_of_range)
      fail(fmt::format("the integer {} is too large; at most {} is allowed", text,
                       std::numeric_limits<std::int64_t>::max()));
    fail(fmt::format("'{}' is no integer; expected {}", text, what));
  }

  Place place() const {
    switch (part_) {
      case Part::header: return stream_.place("header");
      case Part::domains: return stream_.place("domain sizes");
      case Part::function: return stream_.place(fmt::format("cost function {}", function_));
      case Part::end: break;
    }
    return stream_.place();
  }
  [[noreturn]] void fail(const std::string& message, ErrorCode code = ErrorCode::bad_input) const {
    throw Error(code, place(), message);
  }
  void warn(const std::string& message) const {
    if (options_.warn) options_.warn(place().to_text() + ": " + message);
  }

  static constexpr const char* header =
      "expected: name, number of variables, largest domain size, number of cost functions, top";

  TextStream stream_;
  const ReadOptions& options_;
  std::string beginning_;
  ProblemBuilder builder_;
  FunctionFilling filling_;
  GlobalFunctions globals_;
  Part part_ = Part::header;
  std::uint32_t variables_ = 0, functions_ = 0, function_ = 0;
  std::int64_t largest_ = 0, top_ = 0;
  std::vector<VariableId> scope_;
  std::vector<ValueIndex> sizes_;
  std::vector<DefinedFunction> shared_;
  bool warned_twice_ = false, warned_digits_ = false;
};

}  // namespace

Problem read_wcsp(std::unique_ptr<ByteSource> source, const std::string& file, const ReadOptions& options) {
  return WcspReader(std::move(source), file, options).read();
}

Problem parse_wcsp(const std::string& text, const std::string& name, const ReadOptions& options) {
  return read_wcsp(std::make_unique<TextSource>(text), name, options);
}

}  // namespace entente
