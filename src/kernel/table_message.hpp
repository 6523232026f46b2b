// SPDX-License-Identifier: MIT
// TableMessage: a cost table on its way from one computation to another.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "kernel/cost_table.hpp"
#include "kernel/elimination_workspace.hpp"

namespace entente {

/// In process the table itself moves. As bytes it is the scope, the sizes and the cells; its memory then comes from the
/// receiver's EliminationWorkspace.
struct TableMessage {
  CostTable table;

  std::size_t bytes() const { return table.cells().size_bytes() + table.scope().size_bytes(); }
  /// Up a pseudo-tree: over some of the sender's separator.
  bool fits(const auto& at) const { return at.from_child() && at.table(table.scope(), table.sizes(), table.cells()); }

  template <class Writer>
  void encode(Writer& out) const {
    out(std::vector(table.scope().begin(), table.scope().end()));
    out(std::vector(table.sizes().begin(), table.sizes().end()));
    out(std::vector(table.cells().begin(), table.cells().end()));
  }
  template <class Reader>
  static std::optional<TableMessage> decode(Reader& in) {
    std::vector<VariableId> scope;
    std::vector<ValueIndex> sizes;
    std::vector<double> cells;
    auto* const memory = in.template context<EliminationWorkspace>();
    if (!memory || !in(scope) || !in(sizes) || !in(cells) || scope.size() != sizes.size()) return {};
    if (std::any_of(sizes.begin(), sizes.end(), [](ValueIndex size) { return size < 1; })) return {};
    if (cell_count(sizes) != cells.size()) return {};
    CostTable table(std::move(scope), std::move(sizes), memory->budget);
    std::copy(cells.begin(), cells.end(), table.writable());
    return TableMessage{std::move(table)};
  }
};

}  // namespace entente
