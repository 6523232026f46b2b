// SPDX-License-Identifier: MIT
// Reading UAI files: variables, scopes, and tables of potentials, whose negative logarithms are the costs.
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <filesystem>
#include <map>

#include "problem/builder_state.hpp"
#include "problem/formats/compression.hpp"
#include "problem/formats/text_stream.hpp"
#include "problem/formats/uai.hpp"

namespace entente {
namespace {

/// Words of a file as numbers, with messages that say what was expected.
class NumberStream {
 public:
  NumberStream(std::unique_ptr<ByteSource> source, const std::string& file) : stream_(std::move(source), file) {}

  bool at_end() { return stream_.at_end(); }
  std::string_view ahead() const { return stream_.ahead(); }
  std::string_view word() { return stream_.word(); }

  std::int64_t integer(const std::string& key, const char* what, std::int64_t least, std::int64_t most) {
    std::int64_t number = 0;
    const std::string_view word = parse(key, what, number);
    if (number < least || number > most)
      fail(key, fmt::format("{} is {}; expected {} to {}", what, printable(std::string(word)), least, most));
    return number;
  }
  double number(const std::string& key, const char* what) {
    double number = 0;
    parse(key, what, number);
    return number;
  }

  Place place(const std::string& key) const { return stream_.place(key); }
  [[noreturn]] void fail(const std::string& key, const std::string& message,
                         ErrorCode code = ErrorCode::bad_input) const {
    throw Error(code, place(key), message);
  }

 private:
  template <class Number>
  std::string_view parse(const std::string& key, const char* what, Number& number) {
    const std::string_view word = stream_.word();
    if (word.empty()) fail(key, fmt::format("unexpected end of file; expected {}", what));
    const char* const end = word.data() + word.size();
    const auto [stop, reason] = std::from_chars(word.data() + word.starts_with('+'), end, number);
    if (reason != std::errc() || stop != end)
      fail(key, fmt::format("'{}' is no {}; expected {}", printable(std::string(word)),
                            reason == std::errc::result_out_of_range ? "number that can be held" : "number", what));
    return word;
  }

  TextStream stream_;
};

class UaiReader {
 public:
  UaiReader(std::unique_ptr<ByteSource> source, const std::string& file, const ReadOptions& options)
      : stream_(std::move(source), file), options_(options), builder_({}, Objective::minimise, options.limits) {
    ProblemData& data = *builder_.state().data;
    data.name = std::filesystem::path(file).stem().string();
    if (data.name.ends_with(".uai")) data.name.resize(data.name.size() - 4);
    builder_.set_infinity(options.infinity);
  }

  Problem read(const std::string& evidence) {
    read_kind();
    read_variables();
    read_scopes();
    for (std::size_t table = 0; table + 1 < first_.size(); ++table) read_table(table);
    if (!stream_.at_end() && options_.warn)
      options_.warn(stream_.place({}).to_text() + ": text after the last table has no effect");
    if (!evidence.empty()) read_evidence(evidence);
    return builder_.build();
  }

 private:
  void read_kind() {
    const std::string looks = looks_like(stream_.ahead());
    const std::string_view kind = stream_.word();
    if (kind.empty()) stream_.fail({}, "the file is empty; expected MARKOV or BAYES at its beginning");
    if (kind != "MARKOV" && kind != "BAYES")
      stream_.fail(
          {}, fmt::format("'{}' at the beginning; expected MARKOV or BAYES{}", printable(std::string(kind)), looks));
  }

  void read_variables() {
    constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max() - 1;
    const std::int64_t variables = stream_.integer("variables", "the number of variables", 0, most);
    const std::size_t allowed = options_.limits.domain_values;
    std::map<std::int64_t, std::uint32_t> domains;
    std::size_t values = 0;
    for (std::int64_t variable = 0; variable < variables; ++variable) {
      const std::int64_t size =
          stream_.integer("variables", "a domain size", 1, std::numeric_limits<std::int64_t>::max());
      const auto [known, fresh] = domains.try_emplace(size, 0);
      if (fresh) {
        if (static_cast<std::size_t>(size) > allowed || (values += static_cast<std::size_t>(size)) > 4 * allowed)
          stream_.fail("variables",
                       fmt::format("a domain of {} values; at most {} are allowed, and four times that in different "
                                   "sizes",
                                   size, allowed),
                       ErrorCode::too_large);
        std::vector<Value> list;
        for (std::int64_t value = 0; value < size; ++value) list.emplace_back(value);
        known->second = builder_.add_domain(fmt::format("d{}", size), std::move(list));
      }
      builder_.add_variable({}, known->second);
    }
  }

  void read_scopes() {
    constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max() - 1;
    const std::int64_t tables = stream_.integer("tables", "the number of tables", 0, most);
    const auto variables = static_cast<std::int64_t>(builder_.variable_count());
    first_.push_back(0);
    for (std::int64_t table = 0; table < tables; ++table) {
      const std::string key = name(static_cast<std::size_t>(table));
      const std::int64_t arity = stream_.integer(key, "the number of variables in its scope", 0, variables);
      for (std::int64_t i = 0; i < arity; ++i)
        items_.push_back(static_cast<VariableId>(stream_.integer(key, "the number of a variable", 0, variables - 1)));
      first_.push_back(items_.size());
      builder_.state().check_scope(scope(static_cast<std::size_t>(table)), stream_.place(key));
    }
  }

  void read_table(std::size_t table) {
    ProblemBuilder::State& state = builder_.state();
    const std::string key = name(table);
    const auto members = scope(table);
    const std::size_t cells = state.cell_count(members);
    const std::int64_t declared =
        stream_.integer(key, "the number of entries", 0, std::numeric_limits<std::int64_t>::max());
    if (static_cast<std::size_t>(declared) != cells)
      stream_.fail(key,
                   fmt::format("declares {} entries; its scope of {} variables has {} tuples", declared, members.size(),
                               cells == too_many_cells ? "more than 2^64" : fmt::format("{}", cells)));
    if (cells > options_.limits.table_bytes / sizeof(double))
      stream_.fail(key, fmt::format("{} entries are more than {} bytes may hold", cells, options_.limits.table_bytes),
                   ErrorCode::too_large);
    costs_.clear();
    for (std::size_t cell = 0; cell < cells; ++cell) costs_.push_back(cost(key));
    const Place place = stream_.place(key);
    if (members.size() == 1) {
      state.add_unary_costs(members[0], costs_, place);
    } else {
      std::ranges::copy(costs_, state.open_table(cells, place).begin());
      state.add_constraint({}, members, FunctionReference::of(FunctionKind::table, state.close_table(place)), place);
    }
  }

  double cost(const std::string& key) {
    const double potential = stream_.number(key, "a potential");
    if (!(potential >= 0) || std::isinf(potential))
      stream_.fail(key, fmt::format("the entry {} is no potential; expected a finite number of at least 0", potential));
    if (potential == 1) return 0;  // and not -0
    return -std::log(potential);
  }

  void read_evidence(const std::string& file) {
    NumberStream stream(open_file(file), file);
    std::vector<std::int64_t> words;
    const std::string key = "evidence";
    const std::size_t most = 2 * std::size_t(builder_.variable_count()) + 2;
    while (!stream.at_end()) {
      if (words.size() > most) stream.fail(key, "more than one value for each variable");
      words.push_back(stream.integer(key, "a number of the evidence", 0, std::numeric_limits<std::int64_t>::max()));
    }
    if (words.empty()) return;
    // Older files begin with the number of samples.
    std::size_t first = 1;
    if (words.size() != 1 + 2 * static_cast<std::uint64_t>(words[0])) {
      if (words[0] != 1 || words.size() < 2 || words.size() != 2 + 2 * static_cast<std::uint64_t>(words[1]))
        stream.fail(key, fmt::format("{} observations announced, {} numbers follow; expected pairs of a variable and "
                                     "its value",
                                     words[0], words.size() - 1));
      first = 2;
    }
    std::map<VariableId, ValueIndex> observed;
    for (std::size_t i = first; i < words.size(); i += 2) {
      if (words[i] >= builder_.variable_count())
        stream.fail(key,
                    fmt::format("variable {} does not exist; the problem has {}", words[i], builder_.variable_count()));
      const auto variable = static_cast<VariableId>(words[i]);
      const ProblemData& data = *builder_.state().data;
      const ValueIndex size = data.domain_size[data.variable_domain[variable]];
      if (words[i + 1] >= size)
        stream.fail(key, fmt::format("value {} is not in the domain of variable {}; expected 0 to {}", words[i + 1],
                                     variable, size - 1));
      const auto value = static_cast<ValueIndex>(words[i + 1]);
      const auto [known, fresh] = observed.emplace(variable, value);
      if (!fresh && known->second != value)
        stream.fail(key, fmt::format("variable {} is observed with {} and with {}", variable, known->second, value));
    }
    fix(observed);
  }

  /// An observed variable keeps its domain, so that values keep their numbers; all but one are forbidden.
  void fix(const std::map<VariableId, ValueIndex>& observed) {
    ProblemData& data = *builder_.state().data;
    if (!observed.empty()) data.initial.resize(builder_.variable_count(), no_value);
    for (const auto& [variable, value] : observed) {
      const auto size = static_cast<std::size_t>(data.domain_size[data.variable_domain[variable]]);
      std::vector<double> costs(size, std::numeric_limits<double>::infinity());
      costs[static_cast<std::size_t>(value)] = 0;
      builder_.add_unary_costs(variable, costs);
      data.initial[variable] = value;
    }
  }

  static std::string name(std::size_t table) { return fmt::format("table {}", table); }
  std::span<const VariableId> scope(std::size_t table) const {
    return std::span(items_).subspan(first_[table], first_[table + 1] - first_[table]);
  }

  NumberStream stream_;
  const ReadOptions& options_;
  ProblemBuilder builder_;
  std::vector<std::size_t> first_;  // of each scope in items_, one more than tables
  std::vector<VariableId> items_;
  std::vector<double> costs_;
};

}  // namespace

Problem read_uai(std::unique_ptr<ByteSource> source, const std::string& file, const std::string& evidence,
                 const ReadOptions& options) {
  return UaiReader(std::move(source), file, options).read(evidence);
}

Problem parse_uai(const std::string& text, const std::string& name, const ReadOptions& options) {
  const std::string& evidence = options.evidence;
  return read_uai(std::make_unique<TextSource>(text), name, evidence == "none" ? "" : evidence, options);
}

}  // namespace entente
