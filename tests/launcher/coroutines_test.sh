#!/bin/bash
# SPDX-License-Identifier: MIT
# The check of coroutines finds what g++ 12 miscompiles, and lets pass what it does not.
set -u
here=$(cd -P -- "$(dirname -- "$0")/../.." && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/src"
failures=0

# expect STATUS TEXT CODE: runs the check on a function with that code; TEXT has to be in what it says.
expect() {
  local said status
  printf 'Task<int> f(Carrier& c) {\n  int x = 0;\n  %s\n  co_return x;\n}\n' "$3" >"$work/src/a.cpp"
  said=$(python3 "$here/scripts/check_coroutines.py" "$work" 2>&1)
  status=$?
  if [ "$status" != "$1" ] || [[ "$said" != *"$2"* ]]; then
    echo "coroutines: '$3': exit $status, expected $1 and '$2' in: $said" >&2
    failures=$((failures + 1))
  fi
}

expect 0 "" 'const int y = co_await g(c, x);'
expect 0 "" 'const int y = co_await g(c, std::string(3, x)); const int z = co_await g(c, y);'
expect 0 "" 'if (x > 0 && x < 5) { x = co_await g(c, x); }'
expect 0 "" 'while (co_await g(c, x)) { x = co_await g(c, x + 1); }'
expect 0 "" 'for (const int y : list) x += co_await g(c, y);'
expect 0 "" 'x = x > 0 ? co_await g(c, 1) : 2;'
expect 0 "" 'co_await g(c, list[x], [](int y) { return y; });'
expect 0 "" '// co_await a && co_await b'
expect 0 "" 'log("co_await a && co_await b", {x}); co_await g(c);'
expect 0 "" 'std::vector<int> y{1, 2}; co_await g(c, std::move(y));'
expect 0 "" 'try { co_await g(c); } catch (const std::exception&) { x = 1; } co_await g(c, x);'
expect 1 "src/a.cpp:3: more than one" 'x = co_await g(c) + co_await g(c);'
expect 1 "more than one" 'co_await g(co_await g(c));'
expect 1 "beside && or ||" 'if (x > 0 && co_await g(c)) x = 1;'
expect 1 "beside && or ||" 'const bool y = co_await g(c) || x;'
expect 1 "beside && or ||" 'while (co_await g(c) && x) ++x;'
expect 1 "captures" 'co_await g(c, [x] { return x; });'
expect 1 "captures" 'co_await g(c, [&](int y) { return x + y; });'
expect 1 "brace-initialised" 'co_await g(Offer{std::string("a"), 1});'
expect 1 "brace-initialised" 'co_await g(c, {1, 2, 3});'
expect 1 "brace-initialised" 'for (int y : list) x += co_await g(std::vector<int>{y});'

[ "$failures" = 0 ]
