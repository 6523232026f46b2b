// SPDX-License-Identifier: MIT
// With `compat`, ADMM gives the numbers and iteration counts of distributed-resource-optimization; without, the right
// ones.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "entente/carriers/in_process.hpp"
#include "entente/coordinators/admm_variants.hpp"

namespace entente {
namespace {

using Numbers = std::vector<double>;

struct Vector {
  std::string name;
  std::vector<std::pair<double, Numbers>> units;
  Numbers target, priorities;
  std::uint64_t iterations;
  nlohmann::json expected;

  bool sharing() const { return name.rfind("sharing", 0) == 0; }
  std::vector<FlexActor> actors() const {
    std::vector<FlexActor> made;
    for (const auto& [capacity, eta] : units) made.push_back(FlexActor::one_to_many(capacity, eta));
    return made;
  }
  AdmmStart start() const {
    return sharing() ? create_admm_start(create_admm_sharing_data(target, priorities))
                     : create_admm_start_exchange(target);
  }
};

void PrintTo(const Vector& vector, std::ostream* out) { *out << vector.name; }

std::vector<Vector> read_vectors() {
  std::ifstream file(ENTENTE_SOURCE_DIR "/tests/coordinators/data/dro_vectors.json");
  std::vector<Vector> read;
  for (const auto& json : nlohmann::json::parse(file)) {
    Vector vector{json["name"], {}, json["target"], json.value("priorities", Numbers{}), json["iterations"], json};
    for (const auto& unit : json["units"]) vector.units.emplace_back(unit["capacity"], unit["eta"].get<Numbers>());
    read.push_back(vector);
  }
  return read;
}

class DroVectors : public testing::TestWithParam<Vector> {};

void expect_near(const Numbers& found, const Numbers& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t k = 0; k < found.size(); ++k) EXPECT_NEAR(found[k], expected[k], 1e-6) << k;
}

void expect_same(const AdmmOutcome& outcome, const Vector& vector) {
  EXPECT_TRUE(outcome.converged);
  EXPECT_EQ(outcome.iterations, vector.iterations);
  for (std::size_t i = 0; i < outcome.x.size(); ++i) {
    expect_near(outcome.x[i], vector.expected["x"][i]);
    if (!vector.sharing()) {
      expect_near(outcome.z.of(i), vector.expected["z"][i]);
      expect_near(outcome.u.of(i), vector.expected["u"][i]);
    }
  }
  if (vector.sharing()) {
    expect_near(outcome.z.of(0), vector.expected["z"]);
    expect_near(outcome.u.of(0), vector.expected["u"]);
  }
  const auto numbers = [](const AdmmResiduals& r) {
    return Numbers{r.primal, r.dual, r.primal_tolerance, r.dual_tolerance};
  };
  ASSERT_EQ(outcome.residuals.size(), vector.iterations);
  for (std::size_t k = 0; k < 3; ++k) expect_near(numbers(outcome.residuals[k]), vector.expected["first_residuals"][k]);
  expect_near(numbers(outcome.residuals.back()), vector.expected["last_residuals"]);
}

TEST_P(DroVectors, come_out_of_a_coordinated_run) {
  std::vector<FlexActor> actors = GetParam().actors();
  std::vector<Participant*> participants;
  for (FlexActor& actor : actors) participants.push_back(&actor);
  AdmmSettings settings{.compat = true};
  AdmmCoordinator coordinator =
      GetParam().sharing() ? sharing_target_distance_coordinator(settings) : exchange_target_coordinator({}, settings);
  const auto outcome = start_coordinated_optimization<AdmmOutcome>(participants, coordinator, GetParam().start());
  expect_same(outcome, GetParam());
  for (std::size_t i = 0; i < actors.size(); ++i) EXPECT_EQ(result(actors[i]), outcome.x[i]);
}

TEST_P(DroVectors, come_out_of_a_run_without_messages) {
  std::vector<FlexActor> actors = GetParam().actors();
  std::vector<FlexActor*> pointers;
  for (FlexActor& actor : actors) pointers.push_back(&actor);
  AdmmSharingGlobalActor sharing;
  AdmmExchangeGlobalActor exchange({}, true);
  AdmmGlobalActor& actor = GetParam().sharing() ? static_cast<AdmmGlobalActor&>(sharing) : exchange;
  expect_same(optimise_directly(actor, pointers, GetParam().start(), {.compat = true}), GetParam());
}

INSTANTIATE_TEST_SUITE_P(All, DroVectors, testing::ValuesIn(read_vectors()),
                         [](const auto& info) { return info.param.name; });

TEST(OneToMany, has_the_rows_of_the_other_library) {
  const Numbers eta{.1, .5, -1}, price{1, 2, 3};
  const FlexActor actor = FlexActor::one_to_many(10, eta, price, PriceSign::compat);
  EXPECT_EQ(actor.lower(), (Numbers{0, 0, -10}));
  EXPECT_EQ(actor.upper(), (Numbers{1, 5, 0}));
  EXPECT_EQ(actor.S(), (Numbers{-1, -2, -3}));
  expect_near(actor.C().values, {1, 1, -1, 1, 0, .1, -1, 0, -.1, 0, .2, .1, 0, -.2, -.1});
  EXPECT_EQ(actor.d(), (Numbers{16, 0, 0, 0, 0}));
}

}  // namespace
}  // namespace entente
