// SPDX-License-Identifier: MIT
// ConsensusTopology: who hears whom among participants that average, diffuse or agree on a price.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace entente {

/// A graph of participants 0 … n-1 in two flat arrays: for each, whom it hears, ascending, without itself and without
/// repetition. Immutable.
///
/// Memory  4 bytes a participant, 4 a heard neighbour; 4 more a participant where links are directed.
class ConsensusTopology {
 public:
  using Link = std::pair<std::uint32_t, std::uint32_t>;

  ConsensusTopology() = default;
  /// `links` may name a link twice. Undirected ones carry messages both ways, directed ones from the first to the
  /// second. Throws Error{bad_input} for a participant that does not exist and for a link from one to itself.
  /// O(participants + links log degree).
  ConsensusTopology(std::uint32_t participants, std::span<const Link> links, bool directed = false);

  std::uint32_t participants() const { return static_cast<std::uint32_t>(first_.size() - 1); }
  bool directed() const { return !out_degree_.empty(); }
  /// How many `participant` hears.
  std::uint32_t degree(std::uint32_t participant) const {
    return first_[participant + std::size_t(1)] - first_[participant];
  }
  /// How many hear `participant`; its degree where links are undirected.
  std::uint32_t out_degree(std::uint32_t participant) const {
    return directed() ? out_degree_[participant] : degree(participant);
  }
  std::span<const std::uint32_t> heard_by(std::uint32_t participant) const {
    return {heard_.data() + first_[participant], degree(participant)};
  }
  std::span<const std::uint32_t> first() const { return first_; }  ///< One more than participants; places in `heard`.
  std::span<const std::uint32_t> heard() const { return heard_; }

 private:
  std::vector<std::uint32_t> first_{0}, heard_, out_degree_;
};

/// Everybody hears everybody.
ConsensusTopology complete_topology(std::uint32_t participants);
/// Each hears the one before and the one after.
ConsensusTopology ring_topology(std::uint32_t participants);
/// A ring with chords: i hears i +- 1, 2, 4, 8 … Few links (2 log2 n a participant), yet no two far apart, so that
/// agreement takes a number of cycles that grows with log n. The one to take where nothing is said about links.
ConsensusTopology chordal_ring_topology(std::uint32_t participants);
/// A random graph in which all have the same degree. Throws Error{wrong_use} unless degree < participants and their
/// product is even. From the pairing model; pairs that repeat or join one to itself are exchanged with random others.
ConsensusTopology random_regular_topology(std::uint32_t participants, std::uint32_t degree, std::uint64_t seed);

/// The parts of a topology between which no message travels, links taken as undirected.
struct ConsensusComponents {
  std::vector<std::uint32_t> of;  ///< Component of each participant, numbered by their lowest one.
  std::uint32_t count = 0;
};
ConsensusComponents components_of(const ConsensusTopology& topology);

}  // namespace entente
