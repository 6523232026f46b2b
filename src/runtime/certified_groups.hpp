// SPDX-License-Identifier: MIT
// CertifiedGroups: what the computations of a run have certified and gathered.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "entente/kernel/certificate.hpp"
#include "kernel/shared_function.hpp"

namespace entente::runtime {

/// Keeps the last group that each computation certified, and how much of the problem each one knows.
class CertifiedGroups {
 public:
  CertifiedGroups(const Problem& problem, std::uint32_t computations)
      : problem_(problem), best_(sum_of_best(problem)), claims_(computations), known_(computations) {}

  void certify(ComputationId computation, std::span<const VariableId> group, double excess) {
    claims_[computation] = {{group.begin(), group.end()}, excess};
    news_ = true;
  }
  void centralise(ComputationId computation, std::uint32_t variables) { known_[computation] = variables; }

  /// Whether there is anything new since the certificate was made last.
  bool news() const { return news_; }
  /// The best of all that could be made so far: what was certified once stays true.
  const Certificate& certificate() {
    news_ = false;
    Certificate fresh = make_certificate(problem_, best_, claims_);
    if (excess(fresh) >= excess(certificate_)) certificate_ = std::move(fresh);
    return certificate_;
  }
  /// By computation, the number of variables it knows all about.
  const std::vector<std::uint32_t>& known() const { return known_; }

 private:
  static double excess(const Certificate& certificate) {
    double sum = 0;
    for (const Certificate::Group& group : certificate.groups) sum += group.excess;
    return sum;
  }

  const Problem& problem_;
  double best_;
  std::vector<Certificate::Group> claims_;
  Certificate certificate_;
  std::vector<std::uint32_t> known_;
  bool news_ = true;
};

}  // namespace entente::runtime
