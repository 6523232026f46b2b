// SPDX-License-Identifier: MIT
#include "placement/integer_program.hpp"

#include <coin/Cbc_C_Interface.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/shared_library.hpp"
#include "entente/base/error.hpp"

namespace entente::placement {
namespace {

/// The functions of CBC that are used, loaded once.
struct Cbc {
  SharedLibrary library{"libCbcSolver.so.3", "coinor-libcbc3", "this way to place"};
#define ENTENTE_CBC(name) decltype(::Cbc_##name)* name = library.function<decltype(::Cbc_##name)>("Cbc_" #name)
  ENTENTE_CBC(newModel);
  ENTENTE_CBC(deleteModel);
  ENTENTE_CBC(loadProblem);
  ENTENTE_CBC(setInteger);
  ENTENTE_CBC(setParameter);
  ENTENTE_CBC(setLogLevel);
  ENTENTE_CBC(setMaximumSeconds);
  ENTENTE_CBC(solve);
  ENTENTE_CBC(bestSolution);
  ENTENTE_CBC(getColSolution);
  ENTENTE_CBC(isProvenOptimal);
  ENTENTE_CBC(isProvenInfeasible);
  ENTENTE_CBC(numberSavedSolutions);
#undef ENTENTE_CBC
};

const Cbc& cbc() {
  static const Cbc functions;
  return functions;
}

}  // namespace

std::uint32_t IntegerProgram::add_column(double cost, double lower, double upper, bool integer) {
  cost_.push_back(cost), lower_.push_back(lower), upper_.push_back(upper), integer_.push_back(integer);
  return static_cast<std::uint32_t>(cost_.size() - 1);
}

std::uint32_t IntegerProgram::add_row(double lower, double upper) {
  row_lower_.push_back(lower), row_upper_.push_back(upper);
  return static_cast<std::uint32_t>(row_lower_.size() - 1);
}

void IntegerProgram::set(std::uint32_t row, std::uint32_t column, double value) {
  entries_.push_back({row, column, value});
}

IntegerSolution IntegerProgram::solve(double seconds) const {
  // CBC takes the matrix column by column.
  std::vector<CoinBigIndex> first(columns() + 1, 0);
  for (const Entry& entry : entries_) ++first[entry.column + 1];
  for (std::size_t c = 0; c < columns(); ++c) first[c + 1] += first[c];
  std::vector<int> rows(entries_.size());
  std::vector<double> values(entries_.size());
  std::vector<CoinBigIndex> at(first.begin(), first.end() - 1);
  for (const Entry& entry : entries_) {
    const CoinBigIndex place = at[entry.column]++;
    rows[std::size_t(place)] = static_cast<int>(entry.row);
    values[std::size_t(place)] = entry.value;
  }
  const Cbc& call = cbc();
  const std::unique_ptr<Cbc_Model, decltype(call.deleteModel)> model(call.newModel(), call.deleteModel);
  call.setLogLevel(model.get(), 0);
  call.setParameter(model.get(), "logLevel", "0");
  call.loadProblem(model.get(), static_cast<int>(columns()), static_cast<int>(row_lower_.size()), first.data(),
                   rows.data(), values.data(), lower_.data(), upper_.data(), cost_.data(), row_lower_.data(),
                   row_upper_.data());
  for (std::size_t c = 0; c < columns(); ++c)
    if (integer_[c]) call.setInteger(model.get(), static_cast<int>(c));
  call.setParameter(model.get(), "timeMode", "elapsed");
  call.setParameter(model.get(), "seconds", fmt::format("{:.3f}", std::max(seconds, 0.001)).c_str());
  call.setParameter(model.get(), "ratioGap", "0");
  call.setParameter(model.get(), "allowableGap", "1e-9");
  call.solve(model.get());
  IntegerSolution solution;
  if (call.isProvenInfeasible(model.get()) != 0) {
    solution.proven = true;
    return solution;
  }
  solution.proven = call.isProvenOptimal(model.get()) != 0;
  const double* best = call.bestSolution(model.get());
  if (best == nullptr && solution.proven) best = call.getColSolution(model.get());
  if (best != nullptr) solution.values.assign(best, best + columns());
  return solution;
}

}  // namespace entente::placement
