#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds examples/plugin against an installed package, runs its tests and its algorithms.
#   plugin.sh SOURCE PREFIX WORK COMPILER FLAGS
set -eu
source=$1 prefix=$2 work=$3 compiler=$4 flags=$5
entente=$prefix/bin/entente problem=$source/examples/map_coloring.yaml
fail() { echo "plug-in: $*" >&2; exit 1; }

# A copy, so that nothing but the package can be found.
mkdir -p "$work"
cp "$source"/examples/plugin/* "$work"
cmake -G Ninja -S "$work" -B "$work/build" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_CXX_FLAGS="$flags" >"$work/configure.log"
build() { cmake --build "$work/build" --target "$@" >"$work/build.log" || { cat "$work/build.log" >&2; fail "does not build"; }; }
began=$(date +%s)
build my_dsa
took=$(($(date +%s) - began))
# About two seconds on an idle machine; a busy one, or a sanitizer, may take its time.
[ "$took" -lt 10 ] || echo "plug-in: my_dsa took $took s to build" >&2
build all
[ ! -x "$work/build/my_tests" ] || "$work/build/my_tests" >"$work/tests.log" || { cat "$work/tests.log" >&2; fail "tests"; }

solve() { "$entente" solve --seed 3 --stop_cycle 40 --algo "$@" "$problem"; }
# All but times and the name.
result() { solve "$@" | grep -v -e time -e activity_ratio -e '"algorithm"'; }
for name in my_dsa my_relay my_patrol; do
  solve "$work/build/$name.so" >"$work/$name.json" || fail "$name does not run"
  "$entente" algorithms "$work/build/$name.so" >/dev/null || fail "$name is not described"
done
[ "$(result "$work/build/my_dsa.so")" = "$(result dsa)" ] || fail "my_dsa and dsa, which say the same, do not do the same"

# The same file, as if made for another version.
version=$("$entente" --version | cut -d ' ' -f 2)
sed -i "s/\"$version\"/\"0.0.9\"/" "$work/build/entente_plugin_my_dsa.cpp"
build my_dsa
if solve "$work/build/my_dsa.so" >/dev/null 2>"$work/refused.log"; then fail "a plug-in of version 0.0.9 is loaded"; fi
grep -q "built against Entente 0.0.9 .* but this is $version .* build it again" "$work/refused.log" ||
  fail "says of a plug-in of version 0.0.9: $(cat "$work/refused.log")"
