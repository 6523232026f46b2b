// SPDX-License-Identifier: MIT
// FlexActor: a flexible unit that answers an ADMM coordinator, and the messages between the two.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "entente/base/dense_matrix.hpp"
#include "entente/carriers/carrier.hpp"

namespace entente {

class ContentTypes;

/// What a coordinator asks: x that minimises the agent's own cost + rho/2 ||x + v||^2.
struct AdmmMessage {
  static constexpr std::string_view content_name = "admm.message";
  std::vector<double> v;
  double rho = 1;
};

/// The answer; `aux` holds whatever else the agent wants `AdmmGlobalActor::should_stop` to know.
struct AdmmAnswer {
  static constexpr std::string_view content_name = "admm.answer";
  std::vector<double> x;
  std::vector<double> aux;
};

/// Sent to all when an optimisation is over, if the coordinator is asked to.
struct AdmmFinished {
  static constexpr std::string_view content_name = "admm.finished";
  std::vector<double> x;
};

/// These three, for networks that leave the process.
void add_admm_messages(ContentTypes& types);

/// The sign of the prices P of `FlexActor::one_to_many`.
enum class PriceSign : std::uint8_t {
  penalty,  ///< S = +P: what has a positive P is avoided.
  compat,   ///< S = -P, as distributed-resource-optimization has it: it is rewarded.
};

/// Minimises S'x over lower <= x <= upper, C x <= d, held near where the coordinator wants it.
///
/// Answers AdmmMessage with AdmmAnswer, exactly: by a formula for boxes, for boxes with up to two rows and for actors
/// made by `one_to_many`, else by a dual active-set method that begins where it last ended.
/// Errors  Error{bad_input}, when it is made, for sizes that do not match, numbers that are not finite (bounds may be
///         infinite) and limits that contradict each other, which are named; on a message, for a `v` of another size or
///         rho that is not above 0.
class FlexActor : public Participant {
 public:
  FlexActor(std::vector<double> lower, std::vector<double> upper, DenseMatrix C, std::vector<double> d,
            std::vector<double> S);
  /// Without rows.
  static FlexActor box_bounded(std::vector<double> lower, std::vector<double> upper, std::vector<double> S);
  /// A converter: one utilisation s in [0, 1] drives all flows, x = s in_capacity eta. P: a price for each flow, or
  /// none. `C` and `d` say the same in rows, two for each flow but the last: they tie it to the last flow that is not
  /// zero. With PriceSign::compat also what distributed-resource-optimization does where the last flow is zero: nothing
  /// is tied to anything.
  static FlexActor one_to_many(double in_capacity, std::span<const double> eta, std::span<const double> P = {},
                               PriceSign sign = PriceSign::penalty);
  FlexActor(FlexActor&&) noexcept;
  FlexActor& operator=(FlexActor&&) noexcept;
  ~FlexActor() override;

  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override;
  /// What it answers; also kept as `x()`.
  const std::vector<double>& answer(const AdmmMessage& message);

  std::size_t dimension() const { return lower_.size(); }
  const std::vector<double>& lower() const { return lower_; }
  const std::vector<double>& upper() const { return upper_; }
  const DenseMatrix& C() const { return C_; }
  const std::vector<double>& d() const { return d_; }
  const std::vector<double>& S() const { return S_; }
  /// Its last answer, or what the coordinator told it at the end; empty before.
  const std::vector<double>& x() const { return x_; }
  /// The flows at full utilisation, of actors that one utilisation drives; else empty.
  const std::vector<double>& ray() const { return ray_; }

 private:
  struct Solver;
  FlexActor();
  void check() const;
  void prepare();

  std::vector<double> lower_, upper_, d_, S_, ray_, x_;
  DenseMatrix C_;
  std::unique_ptr<Solver> solver_;
};

/// The actor's last answer. Throws Error{wrong_use} if it has not been asked yet.
const std::vector<double>& result(const FlexActor& actor);

}  // namespace entente
