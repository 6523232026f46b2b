// SPDX-License-Identifier: MIT
// Walks the blocks of a plan and hands each to the inner loops of this processor.
#include "kernel/join_project.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "entente/base/contract.hpp"
#include "kernel/join_project_kernels.hpp"
#include "kernel/join_project_plan.hpp"

namespace entente {
namespace {

using kernel::Block;
using kernel::JoinPlan;
using kernel::JoinProjectKernels;
using kernel::Stream;

using Kind = JoinPlan::Kind;

constexpr std::uint64_t cells_between_checks = std::uint64_t(1) << 21;  // of the sum: about a millisecond
constexpr std::uint64_t line = 8;                                       // costs in a cache line
// Cells of the sum that an inner loop is given at once. Between two calls the processor waits for memory, so many; few
// where the result goes through a buffer that is to stay in cache.
constexpr std::uint64_t cells_per_call = std::uint64_t(1) << 17, buffered_cells_per_call = std::uint64_t(1) << 14;

std::uint64_t whole_lines(std::uint64_t cells) { return (cells + line - 1) / line * line; }

const JoinProjectKernels& kernels_of(InstructionSet set) {
  switch (set) {
    case InstructionSet::v4: return kernel::v4::join_project_kernels;
    case InstructionSet::v3: return kernel::v3::join_project_kernels;
    case InstructionSet::baseline: break;
  }
  return kernel::baseline::join_project_kernels;
}

/// One pass over all blocks of one step. Matrices of a block are [value][cell]; their rows start at cache lines.
class Pass {
 public:
  Pass(const JoinPlan& plan, const JoinProjectKernels& kernels, std::span<const TableView> tables, CostTable& result,
       ChoiceTable* choices, std::vector<double>& memory)
      : plan_(plan),
        kernels_(kernels),
        tables_(tables),
        result_(result.writable()),
        choices_(choices),
        memory_(memory) {
    last_ = plan.last_level();
    buffered_ = plan.result_scattered || choices != nullptr;
    const std::uint64_t cells = buffered_ ? buffered_cells_per_call : cells_per_call;
    panels_ = std::max<std::uint64_t>(1, cells / (plan.own_chunk * plan.block));
    panels_ = std::min(panels_, last_ == 0 ? 1 : plan.loops.back().size);
    offset_.resize(tables.size());
    digit_.resize(last_ + 1);
    rows_.resize(last_ + 1);
    sums_.resize(last_ + 1);
    hand_out_memory();
  }

  /// Returns whether it came to the end.
  bool run(const StopSignal& stop) {
    std::uint64_t unchecked = cells_between_checks;  // so that a signal raised before is seen at once
    for (first_value_ = 0; first_value_ < plan_.own_size; first_value_ += plan_.own_chunk) {
      values_ = std::min(plan_.own_chunk, plan_.own_size - first_value_);
      for (std::uint64_t first_cell = 0; first_cell < plan_.inner; first_cell += plan_.block) {
        cells_ = std::min(plan_.block, plan_.inner - first_cell);
        for (std::size_t k = 0; k < tables_.size(); ++k)
          offset_[k] = first_value_ * plan_.inputs[k].own_stride + first_cell * plan_.inputs[k].inner_stride;
        result_offset_ = first_cell * plan_.result_inner_stride;
        std::fill(digit_.begin(), digit_.end(), 0);
        for (std::uint32_t level = 0; level < last_; ++level) refresh(level);
        do {
          if (unchecked >= cells_between_checks) {
            if (stop.raised()) return false;
            unchecked = 0;
          }
          run_last_loop();
          unchecked += (last_ == 0 ? 1 : plan_.loops.back().size) * values_ * cells_;
        } while (advance());
      }
    }
    return true;
  }

 private:
  // What a level adds to the levels outside it: rows and scalars that stay the same in all loops inside.
  struct Rows {
    Stream stream{};
    double* buffer = nullptr;
  };

  // One allocation for all buffers, whose sizes follow from the plan.
  void hand_out_memory() {
    row_stride_ = whole_lines(plan_.block);
    const std::uint64_t matrix = plan_.own_chunk * row_stride_;
    std::uint64_t matrices = kernel::max_streams + 1;  // gathered rows and folded rows
    for (std::uint32_t level = 0; level < last_; ++level) matrices += has_rows(level) ? 1 : 0;
    const std::uint64_t vectors = (last_ + 1) * plan_.own_chunk + panels_ * plan_.own_chunk;  // scalars
    const std::uint64_t buffered = buffered_ ? panels_ * plan_.block : 0;                     // results, and choices
    memory_.resize(std::max<std::size_t>(memory_.size(), matrices * matrix + vectors + 2 * buffered + line));

    const auto address = reinterpret_cast<std::uintptr_t>(memory_.data()) / sizeof(double);
    double* next = memory_.data() + (line - address % line) % line;
    const auto take = [&](std::uint64_t count) { return std::exchange(next, next + count); };
    for (std::uint32_t k = 0; k < kernel::max_streams; ++k) gathered_[k] = take(matrix);
    folded_ = take(matrix);
    for (std::uint32_t level = 0; level < last_; ++level)
      if (has_rows(level)) rows_[level].buffer = take(matrix);
    scalar_buffer_ = take((last_ + 1) * plan_.own_chunk);
    panel_scalars_ = take(panels_ * plan_.own_chunk);
    block_result_ = take(buffered);
    block_choice_ = reinterpret_cast<std::int32_t*>(take(buffered));
  }

  bool has_rows(std::uint32_t level) const {
    const auto inputs = plan_.inputs_of_level(level);
    return std::any_of(inputs.begin(), inputs.end(),
                       [&](std::uint32_t k) { return plan_.inputs[k].kind != Kind::scalar; });
  }

  const double* cells_of(std::uint32_t k) const { return tables_[k].cells + offset_[k]; }

  void add(double* target, const Stream& left, const Stream& right) const {
    kernels_.add_rows({target, row_stride_, values_, cells_, left, right});
  }
  Stream gather(double* target, std::uint32_t k, std::uint64_t shift = 0) const {
    kernels_.gather_rows({target, row_stride_, values_, cells_, cells_of(k) + shift, plan_.inputs[k].own_stride,
                          plan_.offsets.data() + plan_.inputs[k].offsets, plan_.inputs[k].run});
    return {target, row_stride_, 0};
  }

  // Adds the inputs of a level outside the last loop to what the levels before it add up to.
  void refresh(std::uint32_t level) {
    Stream stream = level > 0 ? rows_[level - 1].stream : Stream{};
    const double* sums = level > 0 ? sums_[level - 1] : nullptr;
    for (const std::uint32_t k : plan_.inputs_of_level(level)) {
      const JoinPlan::Input& input = plan_.inputs[k];
      if (input.kind == Kind::scalar) {
        double* const target = scalar_buffer_ + level * plan_.own_chunk;
        for (std::uint64_t v = 0; v < values_; ++v)
          target[v] = (sums != nullptr ? sums[v] : 0.0) + cells_of(k)[v * input.own_stride];
        sums = target;
        continue;
      }
      double* const buffer = rows_[level].buffer;
      Stream row{cells_of(k), input.own_stride, 0};
      if (input.kind == Kind::scattered) row = gather(stream.cells == nullptr ? buffer : gathered_[0], k);
      if (stream.cells != nullptr) {
        add(buffer, stream, row);
        row = {buffer, row_stride_, 0};
      }
      stream = row;
    }
    rows_[level].stream = stream;
    sums_[level] = sums;
  }

  void run_last_loop() {
    const std::uint64_t size = last_ == 0 ? 1 : plan_.loops.back().size;
    bool by_panel = plan_.folded;
    for (const std::uint32_t k : plan_.inputs_of_level(last_))
      by_panel = by_panel || plan_.inputs[k].kind == Kind::scattered;
    const std::uint64_t step = by_panel ? 1 : panels_;
    for (std::uint64_t first = 0; first < size; first += step) run_panels(first, std::min(step, size - first));
  }

  void run_panels(std::uint64_t first, std::uint64_t count) {
    Block block;
    block.panels = count;
    block.values = values_;
    block.cells = cells_;
    block.fresh = first_value_ == 0;
    block.first_value = static_cast<std::int32_t>(first_value_);
    collect_scalars(block, first, count);
    collect_streams(block, first);

    const std::uint64_t result_step = last_ == 0 ? 0 : plan_.loops.back().result_stride;
    const std::uint64_t offset = result_offset_ + first * result_step;
    if (!buffered_) {
      block.result = result_ + offset;
      block.result_stride = result_step;
      kernels_.minimise(block);
      return;
    }
    block.result = block_result_;
    block.result_stride = cells_;
    if (!block.fresh)
      each_run(count, offset, result_step, [&](std::uint64_t here, std::uint64_t there, std::uint64_t run) {
        std::copy_n(result_ + there, run, block_result_ + here);
        for (std::uint64_t i = 0; choices_ != nullptr && i < run; ++i)
          block_choice_[here + i] = choices_->get(there + i);
      });
    if (choices_ != nullptr) {
      block.choice = block_choice_;
      kernels_.minimise_with_choice(block);
      each_run(count, offset, result_step, [&](std::uint64_t here, std::uint64_t there, std::uint64_t run) {
        choices_->set_run(there, {block_choice_ + here, run});
      });
    } else {
      kernels_.minimise(block);
    }
    for (std::uint64_t p = 0; p < count; ++p) write(p, offset + p * result_step);
  }

  void write(std::uint64_t panel, std::uint64_t offset) const {
    const double* const source = block_result_ + panel * cells_;
    if (plan_.result_scattered)
      kernels_.scatter_row(
          {result_ + offset, source, cells_, plan_.offsets.data() + plan_.result_offsets, plan_.result_run});
    else
      std::copy_n(source, cells_, result_ + offset);
  }

  void collect_scalars(Block& block, std::uint64_t first, std::uint64_t count) {
    const double* const outer = last_ > 0 ? sums_[last_ - 1] : nullptr;
    bool any = false;
    for (const std::uint32_t k : plan_.inputs_of_level(last_)) {
      const JoinPlan::Input& input = plan_.inputs[k];
      if (input.kind != Kind::scalar) continue;
      for (std::uint64_t p = 0; p < count; ++p) {
        const double* const source = cells_of(k) + (first + p) * input.last_stride;
        double* const target = panel_scalars_ + p * plan_.own_chunk;
        for (std::uint64_t v = 0; v < values_; ++v)
          target[v] = (any ? target[v] : outer != nullptr ? outer[v] : 0.0) + source[v * input.own_stride];
      }
      any = true;
    }
    if (!any && outer == nullptr) {
      std::fill_n(panel_scalars_, values_, 0.0);
      block.scalars = panel_scalars_;
    } else {
      block.scalars = any ? panel_scalars_ : outer;
    }
    block.scalar_stride = any ? plan_.own_chunk : 0;
  }

  void collect_streams(Block& block, std::uint64_t first) {
    Stream total = last_ > 0 ? rows_[last_ - 1].stream : Stream{};
    if (!plan_.folded && total.cells != nullptr) block.streams[block.stream_count++] = total;
    for (const std::uint32_t k : plan_.inputs_of_level(last_)) {
      const JoinPlan::Input& input = plan_.inputs[k];
      if (input.kind == Kind::scalar) continue;
      const std::uint64_t shift = first * input.last_stride;
      double* const buffer = gathered_[plan_.folded ? 0 : block.stream_count];
      const Stream row = input.kind == Kind::scattered
                             ? gather(buffer, k, shift)
                             : Stream{cells_of(k) + shift, input.own_stride, input.last_stride};
      if (!plan_.folded) {
        block.streams[block.stream_count++] = row;
      } else if (total.cells == nullptr) {
        total = row.cells == buffer ? copy_to_folded(row) : row;
      } else {
        add(folded_, total, row);
        total = {folded_, row_stride_, 0};
      }
    }
    if (plan_.folded) block.streams[block.stream_count++] = total;
  }

  Stream copy_to_folded(const Stream& row) {
    std::copy_n(row.cells, values_ * row_stride_, folded_);
    return {folded_, row_stride_, 0};
  }

  // Calls act(position in the block's buffers, position in the result, length) for every run of cells of some panels.
  template <typename Act>
  void each_run(std::uint64_t panels, std::uint64_t offset, std::uint64_t step, Act act) const {
    const std::uint64_t run = plan_.result_scattered ? plan_.result_run : cells_;
    const std::uint64_t* const offsets = plan_.offsets.data() + plan_.result_offsets;
    for (std::uint64_t p = 0; p < panels; ++p)
      for (std::uint64_t r = 0; r < cells_ / run; ++r)
        act(p * cells_ + r * run, offset + p * step + (plan_.result_scattered ? offsets[r] : 0), run);
  }

  // Moves the loops outside the last one on by one; false after the last.
  bool advance() {
    for (std::uint32_t level = last_; level-- > 1;) {  // level 1 is the outermost loop
      const JoinPlan::Loop& loop = plan_.loops[level - 1];
      const bool wraps = ++digit_[level] == loop.size;
      const std::uint64_t distance = wraps ? loop.size - 1 : 1;
      if (wraps) digit_[level] = 0;
      for (std::size_t s = loop.first_step; s < loop.last_step; ++s) {
        std::uint64_t& offset = offset_[plan_.steps[s].input];
        wraps ? offset -= distance * plan_.steps[s].stride : offset += plan_.steps[s].stride;
      }
      wraps ? result_offset_ -= distance* loop.result_stride : result_offset_ += loop.result_stride;
      if (wraps) continue;
      for (std::uint32_t changed = level; changed < last_; ++changed) refresh(changed);
      return true;
    }
    return false;
  }

  const JoinPlan& plan_;
  const JoinProjectKernels& kernels_;
  std::span<const TableView> tables_;
  double* result_;
  ChoiceTable* choices_;
  std::vector<double>& memory_;

  std::uint32_t last_;  // the level of the innermost loop
  bool buffered_;       // results of a block are copied to where they belong
  std::uint64_t row_stride_ = 0;
  std::uint64_t panels_;                                    // steps of the innermost loop that are handed over at once
  std::uint64_t first_value_ = 0, values_ = 0, cells_ = 0;  // of the block at hand
  std::vector<std::uint64_t> offset_;                       // where each input's block starts
  std::uint64_t result_offset_ = 0;
  std::vector<std::uint64_t> digit_;
  std::vector<Rows> rows_;
  std::vector<const double*> sums_;
  double *gathered_[kernel::max_streams], *folded_, *scalar_buffer_, *panel_scalars_, *block_result_;
  std::int32_t* block_choice_;
};

}  // namespace

std::vector<Dimension> separator_of(const Join& join, VariableId own) {
  std::vector<Dimension> separator;
  for (const TableView& table : join.tables)
    for (std::size_t i = 0; i < table.scope.size(); ++i)
      if (table.scope[i] != own) separator.push_back({table.scope[i], table.sizes[i]});
  const auto less = [](const Dimension& a, const Dimension& b) { return a.variable < b.variable; };
  const auto same = [](const Dimension& a, const Dimension& b) { return a.variable == b.variable; };
  std::sort(separator.begin(), separator.end(), less);
  separator.erase(std::unique(separator.begin(), separator.end(), same), separator.end());
  return separator;
}

struct Projector::State {
  const JoinProjectKernels* kernels;
  JoinPlan plan;
  std::vector<double> memory;
};

Projector::Projector(InstructionSet set) : state_(std::make_unique<State>()) { state_->kernels = &kernels_of(set); }
Projector::~Projector() = default;
Projector::Projector(Projector&&) noexcept = default;
Projector& Projector::operator=(Projector&&) noexcept = default;

std::optional<CostTable> Projector::project(const Join& join, Dimension own, std::span<const Dimension> separator,
                                            MemoryBudget& budget, const StopSignal& stop, ChoiceTable* choices) {
  std::vector<VariableId> scope(separator.size());
  std::vector<ValueIndex> sizes(separator.size());
  std::transform(separator.begin(), separator.end(), scope.begin(), [](const Dimension& d) { return d.variable; });
  std::transform(separator.begin(), separator.end(), sizes.begin(), [](const Dimension& d) { return d.size; });
  CostTable result(std::move(scope), std::move(sizes), budget);
  JoinPlan& plan = state_->plan;
  plan.prepare(join.tables, own, separator);
  if (choices != nullptr) *choices = ChoiceTable(result, own.size, budget);
  Pass pass(plan, *state_->kernels, join.tables, result, choices, state_->memory);
  if (!pass.run(stop)) return std::nullopt;
  return result;
}

std::vector<Dimension> Projector::preferred_order(const Join& join, std::size_t settled, Dimension own,
                                                  std::span<const Dimension> separator) {
  return state_->plan.preferred_order(join.tables, settled, own, separator);
}

Choice Projector::best_value(const Join& join, Dimension own, std::span<const Dimension> separator,
                             const std::function<double(std::size_t, ValueIndex)>& cost_of) {
  const JoinPlan& plan = state_->plan;
  state_->plan.prepare(join.tables, own, separator);
  Choice best{0, std::numeric_limits<double>::infinity()};
  for (ValueIndex value = 0; value < own.size; ++value) {
    // The order of additions that JoinPlan promises; streamed rows come last.
    double scalars = 0, rows = 0;
    for (const std::uint32_t k : plan.by_level) {
      const JoinPlan::Input& input = plan.inputs[k];
      if (input.kind == Kind::scalar)
        scalars += cost_of(k, value);
      else if (input.level < plan.last_level() || plan.folded)
        rows += cost_of(k, value);
    }
    double total = scalars + rows;
    if (!plan.folded)
      for (const std::uint32_t k : plan.inputs_of_level(plan.last_level()))
        if (plan.inputs[k].kind != Kind::scalar) total += cost_of(k, value);
    if (total < best.cost) best = {value, total};
  }
  return best;
}

Choice Projector::best_value(const Join& join, Dimension own, std::span<const Dimension> separator,
                             std::span<const ValueIndex> values) {
  ENTENTE_EXPECTS(separator.size() == values.size());
  std::vector<std::uint64_t> first(join.tables.size()), own_stride(join.tables.size());
  for (std::size_t k = 0; k < join.tables.size(); ++k) {
    const TableView& table = join.tables[k];
    std::uint64_t stride = 1;
    for (std::size_t i = table.scope.size(); i-- > 0;) {
      if (table.scope[i] == own.variable) {
        own_stride[k] = stride;
      } else {
        const auto found = std::find_if(separator.begin(), separator.end(),
                                        [&](const Dimension& d) { return d.variable == table.scope[i]; });
        ENTENTE_EXPECTS(found != separator.end());
        first[k] += stride * static_cast<std::uint64_t>(values[static_cast<std::size_t>(found - separator.begin())]);
      }
      stride *= static_cast<std::uint64_t>(table.sizes[i]);
    }
  }
  return best_value(join, own, separator, [&](std::size_t k, ValueIndex value) {
    return join.tables[k].cells[first[k] + own_stride[k] * static_cast<std::uint64_t>(value)];
  });
}

}  // namespace entente
