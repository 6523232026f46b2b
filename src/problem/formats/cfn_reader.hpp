// SPDX-License-Identifier: MIT
// CfnReader: one reading of a CFN file; its parts are in cfn_reader.cpp and cfn_functions.cpp.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "entente/problem/formats.hpp"
#include "problem/builder_state.hpp"
#include "problem/formats/cfn_tokens.hpp"
#include "problem/formats/function_filling.hpp"
#include "problem/formats/global_functions.hpp"

namespace entente {

class CfnReader {
 public:
  CfnReader(std::unique_ptr<ByteSource> source, const std::string& file, const ReadOptions& options);
  Problem read();

 private:
  using Kind = CfnTokens::Kind;

  // cfn_reader.cpp
  void read_problem();
  void read_objective(const std::string& text);
  void read_variables();
  void read_variable();
  std::uint32_t read_list_domain();
  std::uint32_t sized_domain(const std::string& text);

  void expect_open(const char* what);
  std::string expect_word(const char* what);
  /// Whether the list goes on; takes its closing bracket if not.
  bool next_item(const char* what);
  static std::optional<std::int64_t> integer(std::string_view text);
  [[noreturn]] void fail(const std::string& message, ErrorCode code = ErrorCode::bad_input) const;
  void warn(const std::string& message) const;
  Place place() const { return tokens_.place(key_); }

  // cfn_functions.cpp
  /// The cost function that is being read.
  struct Function {
    std::string name;
    std::vector<VariableId> scope;
    bool has_scope = false, has_costs = false;
    std::optional<double> default_cost;
    std::string type;
  };
  /// A function that has the costs of another.
  struct Reference {
    std::string name, target;
    std::vector<VariableId> scope;
    ConstraintId constraint = no_id;  ///< no_id: the variable's own cost.
    Place place;
  };
  void read_functions();
  void read_function();
  void read_scope(Function& function);
  VariableId variable(const std::string& text);
  void read_costs(Function& function);
  void read_dense(Function& function);
  void read_sparse(Function& function);
  void read_parameters(Function& function);
  /// Appends the parameters of a list in the order of the WCSP format.
  void flatten(std::vector<std::string>& words, std::size_t depth, bool counted);
  ValueIndex value(VariableId variable, const std::string& text);
  double cost();
  void define(const Function& function, DefinedFunction shared);
  void resolve_references();

  CfnTokens tokens_;
  const ReadOptions& options_;
  ProblemBuilder builder_;
  FunctionFilling filling_;
  GlobalFunctions globals_;
  std::string key_;  ///< Of what is being read, for messages.
  bool maximise_ = false;

  std::size_t domain_values_ = 0;  ///< Of domains that are given as a number.
  std::map<std::int64_t, std::uint32_t> sized_domains_;
  std::unordered_map<std::string, std::uint32_t> list_domains_;             ///< By their values.
  std::vector<std::unordered_map<std::string, ValueIndex>> value_indexes_;  ///< By domain; empty where given by size.

  std::unordered_map<std::string, std::optional<DefinedFunction>> defined_;  ///< By name; nothing if not by costs.
  std::vector<Reference> references_;
  std::vector<double> costs_;
  bool warned_twice_ = false;
};

}  // namespace entente
