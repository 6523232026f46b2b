#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs Entente from a build folder, builds the consumer and the plug-ins of the examples against the installed
# package, runs them, uninstalls.
#   run.sh SOURCE BUILD WORK COMPILER FLAGS
set -eu
source=$1 build=$2 work=$3 compiler=$4 flags=$5
rm -rf "$work"
mkdir -p "$work"
prefix=$work/prefix
fail() { echo "consumer: $*" >&2; exit 1; }

cmake --install "$build" --prefix "$prefix" >"$work/install.log"
# Headers alone, without the source tree, have to do: the copy of the consumer sees only the prefix.
cp "$source/tests/consumer/CMakeLists.txt" "$source/tests/consumer/consumer.cpp" "$work"
cmake -G Ninja -S "$work" -B "$work/build" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_CXX_FLAGS="$flags" -DCMAKE_BUILD_TYPE=Debug >"$work/configure.log"
cmake --build "$work/build" >"$work/build.log" || { cat "$work/build.log" >&2; fail "does not build"; }
"$work/build/consumer" || fail "does not run"
if [ -x "$build/bin/entente" ]; then
  "$source/tests/consumer/plugin.sh" "$source" "$prefix" "$work/plugin" "$compiler" "$flags" || fail "plug-in"
fi
if [ -x "$build/bin/entente" ]; then
  "$prefix/bin/entente" --version >/dev/null || fail "the installed program does not run"
  for file in man/man1/entente.1 man/man1/entente-solve.1 bash-completion/completions/entente; do
    [ -s "$prefix/share/$file" ] || fail "there is no share/$file"
  done
fi

: >"$prefix/bin/somebody-elses" 2>/dev/null || { mkdir -p "$prefix/bin"; : >"$prefix/bin/somebody-elses"; }
cmake -DMANIFEST="$build/install_manifest.txt" -P "$source/cmake/EntenteUninstall.cmake" >"$work/uninstall.log" 2>&1
left=$(find "$prefix" -type f)
[ "$left" = "$prefix/bin/somebody-elses" ] || fail "uninstall leaves or takes too much: $left"
[ ! -d "$prefix/include/entente" ] || fail "uninstall leaves empty folders"
