// SPDX-License-Identifier: MIT
// Malformed WCSP files: every mistake is named with its line, and none takes memory or time.
#include "problem/problem_testing.hpp"

namespace entente {
namespace {

void expect_refused(const std::string& text, const std::vector<std::string>& parts) {
  expect_error([&] { parse_wcsp(text, "p.wcsp"); }, parts);
}

/// Two variables of three values, one function.
std::string with_function(const std::string& function) { return "t 2 3 1 100\n3 3\n" + function; }

TEST(BadWcsp, headers_are_checked_before_anything_is_read) {
  expect_refused("", {"p.wcsp:1", "the file is empty"});
  expect_refused(" \n\n", {"the file is empty"});
  expect_refused("t 2 3 1\n3 3\n2 0 1 0 0\n",
                 {"p.wcsp:1", "needs 5 fields", "4 are there", "number of cost functions"});
  expect_refused("name: t\nobjective: min\n", {"p.wcsp:1: not a wcsp header (content looks like YAML)"});
  expect_refused("{\"problem\": {}}", {"not a wcsp header (content looks like CFN or JSON)"});
  expect_refused("MARKOV\n2\n2 2\n", {"content looks like UAI"});
  expect_refused("t 2 three 1 100\n", {"p.wcsp:1: header", "'three'", "integer"});
  expect_refused("t -1 3 1 100\n", {"-1 variables"});
  expect_refused("t 1000000000000 3 1 100\n3", {"p.wcsp:1", "1000000000000 variables"});
  expect_refused("t 2 3 9999999999999 100\n3 3", {"9999999999999 cost functions"});
  expect_refused("t 2 3 1 0\n3 3\n", {"top is 0", "at least 1"});
  // Declared but not there: nothing is set aside for what was announced.
  expect_refused("t 4000000000 3 4000000000 100\n3 3\n", {"p.wcsp:3: domain sizes", "unexpected end of file"});
}

TEST(BadWcsp, domains_have_values_and_not_too_many) {
  expect_refused("t 2 3 1 100\n3 0\n", {"p.wcsp:2: domain sizes", "variable 1 is empty"});
  expect_refused("t 2 3 1 100\n3 1000000000\n", {"1000000000 values", "at most 1048576"});
  ReadOptions small;
  small.limits.domain_values = 100;
  expect_error([&] { parse_wcsp("t 9 3 1 100\n100 99 98 97 96 1 1 1 1\n", "p.wcsp", small); }, {"different sizes"});
  expect_refused("t 2 3 1 100\n3 x\n", {"p.wcsp:2", "'x' is no integer", "domain size"});
  expect_refused("t 2 3 1 100\n3 -9223372036854775808\n", {"out of range"});
}

TEST(BadWcsp, scopes_name_variables_once) {
  expect_refused(with_function("2 0 5 0 0\n"), {"p.wcsp:3: cost function 0", "variable number 5", "0 to 1"});
  expect_refused(with_function("2 -1 0 0 0\n"), {"variable number -1"});
  expect_refused(with_function("2 1 1 0 0\n"), {"variable x1 is listed twice"});
  expect_refused(with_function("9 0 1 0 0\n"), {"9 variables in its scope", "the problem has 2"});
  expect_refused(with_function("-9223372036854775808 0\n"), {"variables in its scope"});
}

TEST(BadWcsp, tuples_fit_their_domains_and_counts) {
  expect_refused(with_function("2 0 1 5 2\n0 0 1\n1 3 7\n"), {"p.wcsp:5", "value 3", "variable 1", "0 to 2"});
  expect_refused(with_function("2 0 1 5 2\n0 0 1\n1 -1 7\n"), {"value -1"});
  expect_refused(with_function("2 0 1 5 2\n0 0 1\n1 2 -7\n"), {"p.wcsp:5", "negative cost -7"});
  expect_refused(with_function("2 0 1 -5 0\n"), {"negative cost -5"});
  expect_refused(with_function("2 0 1 5 2\n0 0 1\n1 two 7\n"), {"p.wcsp:5", "'two' is no integer", "a value"});
  expect_refused(with_function("2 0 1 5 2\n0 0 1.5\n"), {"'1.5' is no integer", "a cost"});
  expect_refused(with_function("2 0 1 5 10\n"), {"10 tuples declared", "9 cells"});
  expect_refused(with_function("2 0 1 5 999999999999\n"), {"999999999999 tuples"});
  expect_refused(with_function("0 5 2\n"), {"a constant has none"});
  expect_refused(with_function("2 0 1 5 2\n0 0 1\n1 "),
                 {"p.wcsp:5: cost function 0", "end of file", "1 cost functions declared, 0 found"});
  expect_refused("t 2 3 4 100\n3 3\n2 0 1 0 0\n", {"end of file", "4 cost functions declared, 1 found"});
  expect_refused(with_function("2 0 1 5 1\n0 0 99999999999999999999999\n"), {"too large", "9223372036854775807"});
}

TEST(BadWcsp, shared_functions_exist_and_have_the_same_shape) {
  expect_refused(with_function("2 0 1 0 -5\n"), {"shared cost function 5", "does not exist", "0 were given"});
  expect_refused("t 3 3 2 9\n3 3 2\n-2 0 1 0 0\n2 0 2 0 -1\n", {"p.wcsp:4", "3 x 3", "3 x 2"});
  expect_refused("t 3 3 2 9\n3 3 2\n-2 0 1 0 0\n2 0 1 0 -9223372036854775808\n", {"does not exist"});
}

TEST(BadWcsp, unknown_keywords_are_named) {
  expect_refused(with_function("2 0 1 -1 frobnicate 3\n"), {"p.wcsp:3: cost function 0", "'frobnicate'", "salldiff"});
  expect_refused(with_function("2 0 1 -1 sgrammar var 1\n"), {"'sgrammar' is not supported"});
  expect_refused(with_function("2 0 1 -1 sregular edit 1 1 1 0 1 0 0\n"), {"sregular edit is not supported", "var"});
  expect_refused(with_function("2 0 1 -1 salldiff var\n"), {"salldiff", "end of the parameters", "the cost"});
  expect_refused(with_function("2 0 1 -1 salldiff var -3\n"), {"'-3'", "at least 0"});
  expect_refused(with_function("2 0 1 -1 >= 1 z\n"), {">=", "'z'", "whole number"});
  expect_refused(with_function("1 0 -1 >= 1 1\n"), {"takes 2 variables"});
  expect_refused(with_function("2 0 1 -1 wregular 5000 1 0 0 1 0 0 0\n"), {"number of states", "5000"});
  expect_refused(with_function("2 0 1 -1 ssame 1 1 1 0 7\n"), {"'7'", "no variable of its scope"});
}

TEST(BadWcsp, words_without_end_and_binary_junk_are_refused) {
  expect_refused("t 1 2 1 9\n" + std::string(200000, '7'), {"a word of more than 65536 characters"});
  expect_refused(std::string("\x1f\x8b\x08\x00junk", 8), {"not a wcsp header (content looks like gzip)"});
  expect_refused(std::string("a\0b\1 1 2 3 4", 12), {"control characters"});
}

}  // namespace
}  // namespace entente
