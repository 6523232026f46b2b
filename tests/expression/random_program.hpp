// SPDX-License-Identifier: MIT
// Random expressions and function bodies that are valid Python, with arguments, reproducible from a seed.
#pragma once

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "entente/base/random.hpp"
#include "entente/base/value.hpp"

namespace entente::expression {

struct RandomProgram {
  std::string text;
  bool is_body = false;
  std::vector<std::string> names;  ///< All that the text may use.
  std::vector<Value> values;
};

/// Writes texts whose numbers are named x, y, z, whose texts are named p, q, and whose locals are a, b, c and s.
class ProgramWriter {
 public:
  explicit ProgramWriter(std::uint64_t seed) : random_(seed) {}

  RandomProgram expression() {
    RandomProgram program = arguments();
    program.text = one_of({0, 0, 0, 0, 0, 1, 2, 3}) == 0 ? number(4)
                   : one_in(3)                           ? condition(3)
                   : one_in(3)                           ? transcendental()
                                                         : text(3);
    return program;
  }

  RandomProgram body() {
    in_body_ = true;
    RandomProgram program = arguments();
    program.is_body = true;
    loops_ = 0;
    if (one_in(4)) line(program.text, 0, "\"\"\"What it is for.\"\"\"");
    uses_locals_ = one_in(10);
    if (!one_in(20)) line(program.text, 0, one_in(2) ? "a, b = " + number(0) + ", 2.5" : "a = b = " + number(1));
    if (!one_in(20)) line(program.text, 0, "c = " + literal() + "; s = " + text(1));
    uses_locals_ = true;
    for (std::uint64_t i = random_.below(4); i-- > 0;) statement(program.text, 0, false);
    line(program.text, 0, "return " + (one_in(8) ? condition(2) : number(3)));
    line(program.text, 0, "a = b = c = s = 0");  // never reached; makes them locals whatever stands above
    in_body_ = false;
    return program;
  }

 private:
  bool one_in(std::uint64_t count) { return random_.below(count) == 0; }
  template <class T, std::size_t n>
  T one_of(const T (&choices)[n]) {
    return choices[random_.below(n)];
  }
  std::string pick(std::initializer_list<const char*> choices) {
    return choices.begin()[random_.below(choices.size())];
  }

  RandomProgram arguments() {
    RandomProgram program;
    program.names = {"x", "y", "z", "p", "q"};
    for (int i = 0; i < 3; ++i) program.values.push_back(number_argument());
    for (int i = 0; i < 2; ++i) program.values.push_back(pick({"R", "G", "blue", "", "größe", "12"}));
    return program;
  }

  Value number_argument() {
    if (in_body_ && !one_in(4)) return static_cast<std::int64_t>(random_.below(9)) + 1;  // fewer errors, longer runs
    switch (random_.below(8)) {
      case 0: return one_in(2);
      case 1:
        return one_of({0.0, -0.0, 0.5, 2.5, -1.5, 1e16, -1e300, 5e-324, 9007199254740993.0,
                       std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()});
      case 2: return (random_.uniform() - 0.5) * 20;
      case 3:
        return std::int64_t{one_of({std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(),
                                    std::int64_t{1} << 53, (std::int64_t{1} << 62) + 1, std::int64_t{-10000000019}})};
      case 4: return std::ldexp(random_.uniform() - 0.5, static_cast<int>(random_.below(140)) - 70);
      default: return static_cast<std::int64_t>(random_.below(11)) - 4;
    }
  }

  std::string literal() {
    switch (random_.below(6)) {
      case 0: return pick({"0.5", "2.0", "1e3", ".25", "3.", "0.1", "1e-7", "1_000.5", "2.675"});
      case 1:
        return pick({"True", "False", "0x1F", "0b101", "1_000", "007.5", in_body_ ? "3" : "9223372036854775807",
                     in_body_ ? "1" : "-9223372036854775808"});
      case 2: return fmt::format("{}", std::ldexp(random_.uniform(), static_cast<int>(random_.below(40)) - 20));
      default: return fmt::format("{}", random_.below(11));
    }
  }

  std::string text_literal() {
    return pick({"'R'", "\"G\"", "''", "'blue'", "'gr\\u00f6\\x21'", "'a' 'b'", "'12'", "' 7.5 '", "'inf'"});
  }

  std::string name() {
    if (in_body_ && uses_locals_ && one_in(2)) return pick({"a", "b", "c"});
    return pick({"x", "y", "z"});
  }

  std::string number(int depth) {
    if (depth <= 0 || one_in(in_body_ ? 2 : 6)) return one_in(3) ? literal() : name();
    const int next = depth - 1;
    switch (random_.below(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return fmt::format("{} {} {}", operand(next), pick({"+", "-", "*", "/", "//", "%", "+", "-", "*"}),
                           operand(next));
      case 4:
        return fmt::format("({}) ** {}", number(next),
                           pick({"2", "3", "0", "-1", "0.5", "-2.5", "1.5", "(x % 5)", "True"}));
      case 5: return fmt::format("{}({})", pick({"-", "+", "--", "- +"}), number(next));
      case 6: return fmt::format("({} if {} else {})", number(next), condition(next), number(next));
      case 7: return fmt::format("({} {} {})", number(next), pick({"and", "or"}), number(next));
      case 8: return fmt::format("abs({})", number(next));
      case 9:
        return fmt::format("{}({}, {})", pick({"max", "min", "divmod(1, 2) and min"}), mistaken(next), number(next));
      case 10:
        return fmt::format("round({}{})", number(next),
                           pick({"", "", ", 2", ", 0", ", -1", ", 5", ", -3", ", True", ", None"}));
      case 11:
        return fmt::format("{}({})", pick({"int", "float", "bool", "int", "float"}),
                           one_in(5) ? text(1) : number(next));
      case 12: return fmt::format("{}({})", pick({"sum", "len", "min", "max", "any", "all"}), sequence(next));
      case 13: return fmt::format("{}[{}]", sequence(next), one_in(3) ? number(1) : pick({"0", "1", "-1", "2"}));
      case 14: return exact_function(next);
      default: return fmt::format("({})", condition(next));
    }
  }

  /// In parentheses unless it is small; sometimes of the wrong type.
  std::string operand(int depth) {
    if (one_in(in_body_ ? 200 : 40)) return pick({"p", "[1]", "None", "(1, 2)", "range(3)"});
    return one_in(3) ? number(0) : "(" + number(depth) + ")";
  }

  std::string mistaken(int depth) { return one_in(in_body_ ? 200 : 30) ? text(1) : number(depth); }

  std::string exact_function(int depth) {
    switch (random_.below(6)) {
      case 0: return fmt::format("math.gcd(int({}), {})", number(depth), pick({"12", "x", "0"}));
      case 1: return fmt::format("math.fmod({}, {})", number(depth), number(depth));
      case 2: return fmt::format("math.copysign({}, {})", number(depth), number(0));
      case 3: return pick({"math.inf", "math.nan", "math.pi", "math.e", "math.factorial(5)", "math.lcm(4, 6)"});
      case 4: return fmt::format("math.sqrt({})", number(depth));
      default:
        return fmt::format("math.{}({})", pick({"floor", "ceil", "trunc", "fabs", "isinf", "isnan", "isfinite"}),
                           mistaken(depth));
    }
  }

  /// Only outermost, since what follows could magnify a difference in the last bit.
  std::string transcendental() {
    if (one_in(3)) return fmt::format("math.{}({}, {})", pick({"atan2", "pow", "log", "hypot"}), number(2), number(2));
    return fmt::format("math.{}({})", pick({"exp",   "log",   "log2",  "log10", "sin",  "cos",     "tan",
                                            "asin",  "acos",  "atan",  "sinh",  "cosh", "tanh",    "asinh",
                                            "acosh", "atanh", "expm1", "log1p", "cbrt", "degrees", "radians"}),
                       one_in(20) ? text(1) : number(2));
  }

  std::string condition(int depth) {
    const int next = depth - 1;
    if (depth <= 0) return fmt::format("{} {} {}", name(), relation(), literal());
    switch (random_.below(8)) {
      case 0: return fmt::format("{} {} {} {} {}", operand(next), relation(), operand(next), relation(), operand(next));
      case 1: return fmt::format("not {}", one_in(2) ? number(0) : "(" + condition(next) + ")");
      case 2: return fmt::format("({}) {} ({})", condition(next), pick({"and", "or"}), condition(next));
      case 3:
        return fmt::format("{} {} {}", operand(next), pick({"in", "not in"}),
                           one_in(2) ? sequence(1) : pick({"[1, 2, 2.5]", "(0, 'R')", "range(1, 9, 2)"}));
      case 4: return fmt::format("{} {} {}", text(1), one_in(3) ? pick({"in", "not in"}) : relation(), text(1));
      case 5:
        return fmt::format("({}) is {}", one_in(2) ? condition(next) : pick({"None", "True"}),
                           pick({"None", "True", "not False"}));
      default: return fmt::format("{} {} {}", operand(next), relation(), operand(next));
    }
  }

  std::string relation() { return pick({"<", "<=", "==", "!=", ">", ">="}); }

  std::string text(int depth) {
    if (depth <= 0 || one_in(2)) return one_in(2) ? text_literal() : pick({"p", "q"});
    const int next = depth - 1;
    switch (random_.below(7)) {
      case 0: return fmt::format("({} + {})", text(next), text(next));
      case 1: return fmt::format("{} * {}", text_literal(), pick({"2", "0", "-1", "True", "(x % 3)"}));
      case 2: return fmt::format("({} if {} else {})", text(next), condition(next), text(next));
      case 3: return fmt::format("str({})", number(next));
      case 4: return fmt::format("({} {} {})", text(next), pick({"and", "or"}), text(next));
      case 5: return fmt::format("({})[{}]", text(next), pick({"0", "-1", "1"}));
      default: return fmt::format("max({}, {})", text(next), text(next));
    }
  }

  std::string sequence(int depth) {
    switch (random_.below(5)) {
      case 0: return fmt::format("[{}, {}, {}]", number(depth - 1), number(depth - 1), number(depth - 1));
      case 1: return fmt::format("({}, {})", number(depth - 1), mistaken(depth - 1));
      case 2: return pick({"[]", "(1,)", "[1] * 3", "[2] + [x]", "(0, 1) + ()", "[[1, 2], [3]][0]", "'R'"});
      case 3: return fmt::format("range({})", pick({"3", "0", "2, 7", "7, 2, -2", "1, 2, 0", "5, 5"}));
      default: return fmt::format("[{}]", number(depth - 1));
    }
  }

  void line(std::string& program, int level, const std::string& statement) {
    program += std::string(static_cast<std::size_t>(level) * 2, ' ') + statement + "\n";
  }

  void block(std::string& program, int level, bool in_loop) {
    for (std::uint64_t i = 1 + random_.below(2); i-- > 0;) statement(program, level, in_loop);
  }

  void statement(std::string& program, int level, bool in_loop) {
    switch (random_.below(level > 2 ? 5 : 10)) {
      case 0: line(program, level, pick({"a", "b", "c"}) + " = " + number(2)); return;
      case 1:
        line(program, level,
             pick({"a", "b", "c"}) + pick({" += ", " -= ", " *= ", " /= ", " //= ", " %= "}) + number(2));
        return;
      case 2:
        line(program, level,
             pick({"a, b = b, a", "b, (a, c) = a, (c, b)", "a = b = c", "a, b, = divmod(7, 2)",
                   one_in(50) ? "a, b = [1]" : "a, b = 2, 3", "pass  # nothing"}));
        return;
      case 3: line(program, level, one_in(2) ? "s = " + text(2) : "if s == 'R': c = len(s)"); return;
      case 4:
        if (in_loop)
          line(program, level, "if " + condition(1) + ": " + pick({"break", "continue", "break", "return a"}));
        else
          line(program, level, pick({"c = (1 +\n  2)", "c = 1 + \\\n 2", "x; y"}));
        return;
      case 5:
      case 6:
        line(program, level, "if " + condition(2) + ":");
        block(program, level + 1, in_loop);
        if (one_in(2)) {
          line(program, level, "elif " + number(1) + ":");
          block(program, level + 1, in_loop);
        }
        if (one_in(2)) {
          line(program, level, "else:");
          block(program, level + 1, in_loop);
        }
        return;
      case 7: {
        const int loop = loops_++;
        line(program, level, fmt::format("w{} = {}", loop, random_.below(4)));
        line(program, level, fmt::format("while w{}:", loop));
        line(program, level + 1, fmt::format("w{} -= 1", loop));
        block(program, level + 1, true);
        if (one_in(3)) {
          line(program, level, "else:");
          block(program, level + 1, in_loop);
        }
        return;
      }
      default:
        line(program, level,
             fmt::format(
                 "for {} in {}:", pick({"a", "b", "c", "a", "a, b"}),
                 one_in(2) ? sequence(1)
                           : pick({"range(4)", "[1, 2.5, x]", "((1, 2), (3, 4))", "'Rö'", "1, 2", "range(3, 0, -1)"})));
        block(program, level + 1, true);
        if (one_in(4)) {
          line(program, level, "else:");
          block(program, level + 1, in_loop);
        }
    }
  }

  Random random_;
  bool in_body_ = false;
  bool uses_locals_ = false;
  int loops_ = 0;
};

}  // namespace entente::expression
