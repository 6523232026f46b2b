// SPDX-License-Identifier: MIT
// Costs: a cost vector as the steps of an algorithm on factor graphs see it; in truth those of a whole block of edges.
#pragma once

#include <cstddef>
#include <utility>

#include "entente/algorithm/factor_population.hpp"
#include "entente/base/error.hpp"

namespace entente {

/// Memory for the intermediate results of one step.
class CostScratch {
 public:
  explicit CostScratch(const FactorBlock& block) : at_(block.scratch), end_(block.scratch + block.scratch_bytes) {}

  void* take(std::size_t bytes) {
    const std::size_t whole = (bytes + 63) / 64 * 64;
    if (whole > std::size_t(end_ - at_))
      throw Error(ErrorCode::internal, "a step on a factor graph holds more intermediate costs than the engine allows");
    void* const taken = at_;
    at_ += whole;
    return taken;
  }

 private:
  std::byte *at_, *end_;
};

/// One cost per value. A handle, valid during the step it came from; an operation on a temporary reuses its memory.
class Costs {
 public:
  /// New costs, not yet set, for the edges at `position`.
  Costs(const FactorBlock& block, std::uint32_t position, CostScratch& scratch)
      : block_(&block), scratch_(&scratch), position_(position), own_(scratch.take(bytes())) {}
  /// Costs that exist already: to be overwritten (`own`), or only read (`kept`).
  static Costs own(const FactorBlock& block, std::uint32_t position, CostScratch& scratch, void* own) {
    return {block, position, scratch, nullptr, own};
  }
  static Costs kept(const FactorBlock& block, std::uint32_t position, CostScratch& scratch, const void* kept) {
    return {block, position, scratch, kept, nullptr};
  }

  const void* data() const { return own_ ? own_ : kept_; }
  /// The same numbers where they may be overwritten.
  void* writable() {
    if (!own_) {
      own_ = scratch_->take(bytes());
      kernels().copy(numbers(), kept_, own_);
    }
    return own_;
  }
  Costs copy() const {
    Costs other(*block_, position_, *scratch_);
    kernels().copy(numbers(), data(), other.own_);
    return other;
  }
  const kernel::MessageShape& shape() const { return block_->shapes[position_]; }
  const kernel::CostKernels& kernels() const { return *block_->kernels; }
  std::size_t numbers() const { return shape().numbers(); }
  std::size_t bytes() const { return numbers() * kernels().number_bytes; }

  friend Costs operator-(Costs&& a, const Costs& b) {
    a.kernels().subtract(a.numbers(), a.writable(), b.data());
    return std::move(a);
  }
  friend Costs operator-(const Costs& a, const Costs& b) { return a.copy() - b; }
  friend Costs operator+(Costs&& a, const Costs& b) {
    a.kernels().accumulate(a.numbers(), a.writable(), b.data());
    return std::move(a);
  }
  friend Costs operator+(const Costs& a, const Costs& b) { return a.copy() + b; }
  friend Costs operator*(Costs&& a, double by) {
    a.kernels().scale(a.numbers(), by, a.writable());
    return std::move(a);
  }
  friend Costs operator*(const Costs& a, double by) { return a.copy() * by; }
  /// The same with the lowest cost at 0.
  friend Costs normalised(Costs&& a) {
    a.kernels().normalise(a.shape(), a.writable());
    return std::move(a);
  }
  friend Costs normalised(const Costs& a) { return normalised(a.copy()); }
  /// keep * last + (1 - keep) * fresh.
  friend Costs blend(double keep, const Costs& last, Costs&& fresh) {
    fresh.kernels().blend(fresh.numbers(), last.data(), keep, fresh.writable());
    return std::move(fresh);
  }
  friend Costs blend(double keep, const Costs& last, const Costs& fresh) { return blend(keep, last, fresh.copy()); }
  /// Whether no cost of one differs from the other's by more than `relative` times the largest cost of either, or by
  /// what `roundings` times the usual rounding errors explain.
  friend bool close(const Costs& a, const Costs& b, double relative, double roundings = 1) {
    return a.kernels().close(a.shape(), a.data(), b.data(), relative, a.block_->rounding * roundings);
  }

 private:
  Costs(const FactorBlock& block, std::uint32_t position, CostScratch& scratch, const void* kept, void* own)
      : block_(&block), scratch_(&scratch), position_(position), kept_(kept), own_(own) {}

  const FactorBlock* block_;
  CostScratch* scratch_;
  std::uint32_t position_;
  const void* kept_ = nullptr;
  void* own_ = nullptr;
};

}  // namespace entente
