// SPDX-License-Identifier: MIT
// DenseMatrix: numbers in rows, one after the other.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace entente {

/// `rows` x `columns` numbers, row-major.
struct DenseMatrix {
  std::size_t rows = 0, columns = 0;
  std::vector<double> values;

  DenseMatrix() = default;
  DenseMatrix(std::size_t row_count, std::size_t column_count, double value = 0)
      : rows(row_count), columns(column_count), values(row_count * column_count, value) {}

  double& operator()(std::size_t row, std::size_t column) { return values[row * columns + column]; }
  double operator()(std::size_t row, std::size_t column) const { return values[row * columns + column]; }
  std::span<double> row(std::size_t index) { return {values.data() + index * columns, columns}; }
  std::span<const double> row(std::size_t index) const { return {values.data() + index * columns, columns}; }
  bool operator==(const DenseMatrix&) const = default;
};

}  // namespace entente
