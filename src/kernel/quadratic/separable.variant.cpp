// SPDX-License-Identifier: MIT
// Inner loops over agents with separable costs. Compiled once per instruction set: includes nothing that other files
// could share. Numbers are summed up in eight columns on every processor, so that results do not depend on it.
#include "kernel/quadratic/separable.hpp"

namespace entente::kernel::ENTENTE_LEVEL {
namespace {

#if defined(__AVX512F__)
constexpr int lanes = 8;
#elif defined(__AVX__)
constexpr int lanes = 4;
#else
constexpr int lanes = 2;
#endif
constexpr int parts = 8 / lanes;

typedef double Vector __attribute__((vector_size(lanes * sizeof(double))));
typedef double Unaligned __attribute__((vector_size(lanes * sizeof(double)), aligned(8), may_alias));

constexpr double infinite = __builtin_inf();
constexpr double exact = 1e-12;
constexpr int most_steps = 100, few_steps = 10;
constexpr std::int64_t longest_on_stack = 512;

Vector load(const double* from) { return *reinterpret_cast<const Unaligned*>(from); }
void store(double* into, Vector numbers) { *reinterpret_cast<Unaligned*>(into) = numbers; }
Vector splat(double number) { return number - Vector{}; }
Vector lower_of(Vector a, Vector b) { return a < b ? a : b; }
Vector upper_of(Vector a, Vector b) { return a > b ? a : b; }
double absolute(double number) { return number < 0 ? -number : number; }

/// Eight sums side by side.
struct Sums {
  Vector part[parts];
};
double total(const Sums& sums) {
  double column[8];
  for (int p = 0; p < parts; ++p) store(column + p * lanes, sums.part[p]);
  return ((column[0] + column[4]) + (column[2] + column[6])) + ((column[1] + column[5]) + (column[3] + column[7]));
}

/// A number's pull towards the optimum, before the box: what stays of `pull` after |x| costs l1.
Vector shrunk(Vector pull, Vector l1) { return upper_of(pull - l1, Vector{}) + lower_of(pull + l1, Vector{}); }

struct Program {  // of one agent
  std::int64_t stride;
  const double *lower, *upper, *inverse;
  const double* pull;  // weight * centre - linear
  double l1;
  const double *row, *second;
  double* x;
};

/// What Newton's method reads off a point of the multipliers.
struct Slopes {
  double first, second;      // rows times x
  double own, mixed, other;  // how they fall as multipliers rise
  double size, second_size;  // of the sums' terms
};

template <int rows>
static Slopes evaluate(const Program& p, double mu, double nu) {
  Sums first{}, second{}, own{}, mixed{}, other{}, size{}, second_size{};
  const Vector l1 = splat(p.l1), one = splat(mu), two = splat(nu);
  for (std::int64_t k = 0; k < p.stride; k += 8) {
    for (int part = 0; part < parts; ++part) {
      const std::int64_t at = k + part * lanes;
      const Vector a = load(p.row + at), inverse = load(p.inverse + at), low = load(p.lower + at),
                   high = load(p.upper + at);
      Vector b{};
      Vector pull = load(p.pull + at) - one * a;
      if (rows == 2) {
        b = load(p.second + at);
        pull -= two * b;
      }
      if (p.l1 > 0) pull = shrunk(pull, l1);
      const Vector free = pull * inverse;
      const Vector x = lower_of(upper_of(free, low), high);
      auto inside = (free > low) & (free < high);
      if (p.l1 > 0) inside &= (pull != Vector{});
      const Vector w = inside ? inverse : Vector{};
      store(p.x + at, x);
      const Vector ax = a * x, wa = w * a;
      first.part[part] += ax;
      size.part[part] += upper_of(ax, -ax);
      own.part[part] += wa * a;
      if (rows == 2) {
        const Vector bx = b * x;
        second.part[part] += bx;
        second_size.part[part] += upper_of(bx, -bx);
        mixed.part[part] += wa * b;
        other.part[part] += w * b * b;
      }
    }
  }
  Slopes found{total(first), 0, total(own), 0, 0, total(size), 0};
  if (rows == 2) {
    found.second = total(second);
    found.mixed = total(mixed);
    found.other = total(other);
    found.second_size = total(second_size);
  }
  return found;
}

/// How far from its right side a row may be: by rounding of a sum whose terms are that large. Points that have run far
/// away do not get more room than those near `usual`.
double room(double rhs, double size, double usual) {
  const double most = 1e3 * (absolute(rhs) + usual);
  return exact * (absolute(rhs) + (size < most ? size : most));
}

/// The last multiplier above (or below) `mu` at which a coordinate's movement begins or ends; `mu` if there is none.
double last_turn(const Program& p, double mu, bool above) {
  double last = mu;
  for (std::int64_t k = 0; k < p.stride; ++k) {
    const double a = p.row[k];
    if (a == 0) continue;
    const double ends[2] = {p.lower[k] / p.inverse[k], p.upper[k] / p.inverse[k]};
    for (int e = 0; e < 2; ++e) {
      for (int side = -1; side <= 1; side += 2) {
        const double turn = (p.pull[k] - ends[e] - side * p.l1) / a;
        if (turn < infinite && turn > -infinite && (above ? turn > last : turn < last)) last = turn;
      }
    }
  }
  return last;
}

/// One row: its multiplier is the root of a falling function made of straight pieces, some of them flat.
bool one_row(const Program& p, double rhs, bool equal, double* multiplier) {
  double mu = equal || *multiplier > 0 ? *multiplier : 0;
  double usual = 0, below = -infinite, above = infinite;  // where the sum is too large, and where it is too small
  for (int step = 0; step < most_steps; ++step) {
    const Slopes at = evaluate<1>(p, mu, 0);
    if (step == 0) usual = at.size < infinite ? at.size : 0;
    const double missed = at.first - rhs;
    if (absolute(missed) <= room(rhs, at.size, usual) || (!equal && mu == 0 && missed <= 0)) {
      *multiplier = mu;
      return true;
    }
    if (missed > 0)
      below = mu;
    else
      above = mu;
    double next = at.own > 0 ? mu + missed / at.own : missed > 0 ? infinite : -infinite;
    if (!equal && next < 0) next = 0;
    // Newton's step at first; halving where it leads out of what is known, or does not settle.
    if (!(next > below && next < above) || step > few_steps) {
      if (missed > 0 && above == infinite) {
        const double last = last_turn(p, mu, true);
        if (!(last > mu)) return false;
        next = last + (last - mu);
      } else if (missed < 0 && below == -infinite) {
        const double last = last_turn(p, mu, false);
        next = last - (mu - last);
        if (!equal && next < 0) next = 0;
        if (!(next < mu)) return false;
      } else {
        next = 0.5 * (below + above);
        if (!(next > below && next < above)) return false;
      }
    }
    mu = next;
  }
  return false;
}

/// Two rows, the sure way: the best multiplier of the first for each of the second, whose root is bracketed.
bool nested_rows(const Program& p, const double* rhs, const std::uint8_t* equal, double* multipliers) {
  double pull[longest_on_stack];
  if (p.stride > longest_on_stack) return false;
  Program first = p;
  first.pull = pull;
  double usual = 0, mu = 0, nu = equal[1] || multipliers[1] > 0 ? multipliers[1] : 0;
  double below = equal[1] ? -infinite : 0, above = infinite;
  for (int step = 0; step < most_steps; ++step) {
    for (std::int64_t k = 0; k < p.stride; ++k) pull[k] = p.pull[k] - nu * p.second[k];
    if (!one_row(first, rhs[0], equal[0], &mu)) return false;
    const Slopes at = evaluate<2>(p, mu, nu);
    if (step == 0) usual = at.second_size < infinite ? at.second_size : 0;
    const double missed = at.second - rhs[1];
    if (absolute(missed) <= room(rhs[1], at.second_size, usual) || (!equal[1] && nu == 0 && missed <= 0)) {
      multipliers[0] = mu;
      multipliers[1] = nu;
      return true;
    }
    if (missed > 0)
      below = nu;
    else
      above = nu;
    const bool binds = (equal[0] || mu > 0) && at.own > 0;
    const double slope = at.other - (binds ? at.mixed * at.mixed / at.own : 0);
    double next = slope > 1e-12 * at.other ? nu + missed / slope : missed > 0 ? infinite : -infinite;
    if (!equal[1] && next < 0) next = below < 0 || above > 0 ? 0 : next;
    if (!(next >= below && next < above) || next == nu || step > few_steps) {
      if (below == -infinite)
        next = nu < 0 ? 2 * nu : -1 - nu;  // outwards until both sides are known
      else if (above == infinite)
        next = nu > 0 ? 2 * nu : 1 + nu;
      else
        next = 0.5 * (below + above);
      if (next == below || next == above || absolute(next) > 1e15) return false;
    }
    nu = next;
  }
  return false;
}

/// Two rows: Newton's method on both multipliers, those that push against their sign held at 0.
bool two_rows(const Program& p, const double* rhs, const std::uint8_t* equal, double* multipliers) {
  double mu = equal[0] || multipliers[0] > 0 ? multipliers[0] : 0;
  double nu = equal[1] || multipliers[1] > 0 ? multipliers[1] : 0;
  double usual[2] = {0, 0};
  for (int step = 0; step < few_steps; ++step) {
    const Slopes at = evaluate<2>(p, mu, nu);
    const double missed[2] = {at.first - rhs[0], at.second - rhs[1]};
    const bool held[2] = {!equal[0] && mu == 0 && missed[0] <= 0, !equal[1] && nu == 0 && missed[1] <= 0};
    if (step == 0) {
      usual[0] = at.size < infinite ? at.size : 0;
      usual[1] = at.second_size < infinite ? at.second_size : 0;
    }
    const bool met[2] = {held[0] || absolute(missed[0]) <= room(rhs[0], at.size, usual[0]),
                         held[1] || absolute(missed[1]) <= room(rhs[1], at.second_size, usual[1])};
    if (met[0] && met[1]) {
      multipliers[0] = mu;
      multipliers[1] = nu;
      return true;
    }
    double by[2] = {0, 0};
    const double determinant = at.own * at.other - at.mixed * at.mixed;
    if (!held[0] && !held[1] && determinant > 1e-10 * at.own * at.other) {
      by[0] = (at.other * missed[0] - at.mixed * missed[1]) / determinant;
      by[1] = (at.own * missed[1] - at.mixed * missed[0]) / determinant;
      // A multiplier that would turn negative stops at 0; the other one answers to that.
      if (!equal[0] && mu + by[0] < 0) {
        by[0] = -mu;
        by[1] = (missed[1] - at.mixed * by[0]) / at.other;
      } else if (!equal[1] && nu + by[1] < 0) {
        by[1] = -nu;
        by[0] = (missed[0] - at.mixed * by[1]) / at.own;
      }
    } else if (!met[0] && !held[0] && at.own > 0) {
      by[0] = missed[0] / at.own;
    } else if (!met[1] && !held[1] && at.other > 0) {
      by[1] = missed[1] / at.other;
    } else {
      break;
    }
    mu += by[0];
    nu += by[1];
    if (!equal[0] && mu < 0) mu = 0;
    if (!equal[1] && nu < 0) nu = 0;
  }
  return nested_rows(p, rhs, equal, multipliers);
}

void ray(const Program& p) {
  Sums along{}, curvature{}, length{};
  for (std::int64_t k = 0; k < p.stride; k += 8) {
    for (int part = 0; part < parts; ++part) {
      const std::int64_t at = k + part * lanes;
      const Vector t = load(p.row + at);
      along.part[part] += t * load(p.pull + at);
      curvature.part[part] += t * t / load(p.inverse + at);
      length.part[part] += upper_of(t, -t);
    }
  }
  const double divisor = total(curvature);
  double s = divisor > 0 ? (total(along) - p.l1 * total(length)) / divisor : 0;
  s = s < 0 ? 0 : s > 1 ? 1 : s;
  const Vector scale = splat(s);
  for (std::int64_t at = 0; at < p.stride; at += lanes) store(p.x + at, scale * load(p.row + at));
}

void box(const Program& p) {
  const Vector l1 = splat(p.l1);
  for (std::int64_t at = 0; at < p.stride; at += lanes) {
    Vector pull = load(p.pull + at);
    if (p.l1 > 0) pull = shrunk(pull, l1);
    store(p.x + at, lower_of(upper_of(pull * load(p.inverse + at), load(p.lower + at)), load(p.upper + at)));
  }
}

void proximal(const SeparableAgents& agents, double weight, const double* base, const double* shift, std::int64_t begin,
              std::int64_t end, double* x, std::uint8_t* unsolved) {
  double near[longest_on_stack];
  double* pull = agents.stride <= longest_on_stack ? near : new double[static_cast<unsigned long>(agents.stride)];
  const Vector scale = splat(weight);
  for (std::int64_t i = begin; i < end; ++i) {
    const std::uint8_t kind = agents.kind[i];
    unsolved[i] = 0;
    if (kind == other_agent) continue;
    const std::int64_t from = i * agents.stride;
    for (std::int64_t k = 0; k < agents.stride; k += lanes) {
      Vector centre = load(shift + k);
      if (base) centre += load(base + from + k);
      store(pull + k, scale * centre - load(agents.linear + from + k));
    }
    Program p{agents.stride,
              agents.lower + from,
              agents.upper + from,
              agents.inverse + from,
              pull,
              agents.l1[i],
              nullptr,
              nullptr,
              x + from};
    if (kind == 0) {
      box(p);
      continue;
    }
    const std::int64_t row = agents.first_row[i];
    p.row = agents.rows + row * agents.stride;
    p.second = p.row + agents.stride;
    if (kind == ray_agent) {
      ray(p);
    } else if (kind == 1) {
      unsolved[i] = !one_row(p, agents.rhs[row], agents.equal[row], agents.multipliers + row);
    } else {
      unsolved[i] = !two_rows(p, agents.rhs + row, agents.equal + row, agents.multipliers + row);
    }
  }
  if (pull != near) delete[] pull;
}

void sharing_sums(std::int64_t stride, const double* x, const double* offset, double alpha, std::int64_t begin,
                  std::int64_t end, double* relaxed, double* sum_relaxed, double* sum_missed, double* squares) {
  const Vector take = splat(alpha), keep = splat(1 - alpha);
  for (std::int64_t k = 0; k < stride; ++k) sum_relaxed[k] = sum_missed[k] = 0;
  Sums missed_square{}, size{};
  double moved = 0, furthest = 0;
  for (std::int64_t i = begin; i < end; ++i) {
    const double* own = x + i * stride;
    double* mine = relaxed + i * stride;
    Sums step_square{};
    for (std::int64_t k = 0; k < stride; k += 8) {
      for (int part = 0; part < parts; ++part) {
        const std::int64_t at = k + part * lanes;
        const Vector value = load(own + at), before = load(mine + at), target = before + load(offset + at);
        const Vector missed = target - value, after = take * value + keep * target, step = after - before;
        store(mine + at, after);
        store(sum_relaxed + at, load(sum_relaxed + at) + after);
        store(sum_missed + at, load(sum_missed + at) + missed);
        missed_square.part[part] += missed * missed;
        step_square.part[part] += step * step;
        size.part[part] += value * value;
      }
    }
    const double square = total(step_square);
    moved += square;
    if (square > furthest) furthest = square;
  }
  squares[0] = total(missed_square);
  squares[1] = moved;
  squares[2] = total(size);
  squares[3] = furthest;
}

}  // namespace

extern const SeparableKernels separable_kernels;
const SeparableKernels separable_kernels{proximal, sharing_sums};

}  // namespace entente::kernel::ENTENTE_LEVEL
