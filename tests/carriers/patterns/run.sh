#!/bin/sh
# SPDX-License-Identifier: MIT
# Compiles the carriers of one process and every pattern of waiting with another compiler, in one go, and runs them.
#   run.sh COMPILER WORK_FOLDER [FLAG...]
# Exit: 0 all patterns did what they say, 1 not, 77 there is no such compiler here.
set -eu
compiler=$1 work=$2
shift 2
here=$(cd -P -- "$(dirname -- "$0")/../../.." && pwd)
command -v "$compiler" >/dev/null || { echo "patterns: $compiler is not installed" >&2; exit 77; }
launcher=$(command -v ccache || true)
mkdir -p "$work"
for source in "$here"/src/carriers/*.cpp "$here"/src/base/error.cpp "$here"/src/base/simulated_links.cpp \
  "$here"/tests/carriers/patterns/main.cpp; do
  case ${source##*/} in nats_* | gathering.* | link_stream.* | peer_link.* | quiet_waves.*) continue ;; esac
  echo "#include \"$source\""
done >"$work/all.cpp"
# shellcheck disable=SC2086  # no launcher, no word
$launcher "$compiler" -std=c++20 -O2 -Wall -Wextra -Werror "$@" -I"$here/include" -I"$here/src" -I"$here/tests" \
  -c "$work/all.cpp" -o "$work/all.o"
"$compiler" "$@" "$work/all.o" -o "$work/patterns" -lfmt -lpthread
"$work/patterns"
