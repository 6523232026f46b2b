#!/bin/bash
# SPDX-License-Identifier: MIT
# The layer check accepts this tree's rules and finds every kind of edge outside the table, by file and line.
set -u
here=$(cd -P -- "$(dirname -- "$0")/../.." && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0

# fresh: a small tree with the real table and no fault.
fresh() {
  rm -rf "$work/tree"
  mkdir -p "$work"/tree/{docs,cli,web,src/{base,graph,coordinators,carriers,runtime},include/entente/{base,problem}}
  cp "$here/docs/architecture.md" "$work/tree/docs/"
  echo '#include <vector>' >"$work/tree/include/entente/base/x.hpp"
  : >"$work/tree/include/entente/problem.hpp"
  : >"$work/tree/src/base/inner.hpp"
  : >"$work/tree/src/graph/own.hpp"
  : >"$work/tree/src/carriers/carrier.hpp"
  : >"$work/tree/src/carriers/nats.hpp"
  printf '#include "graph/own.hpp"\n#include "own.hpp"\n#include "entente/problem.hpp"\n#include "base/inner.hpp"\n' \
    >"$work/tree/src/graph/a.cpp"
  printf '#include "entente/problem.hpp"\n#include "web/page.hpp"\n' >"$work/tree/cli/main.cpp"
  : >"$work/tree/cli/own.hpp"
  printf '#include "entente/problem.hpp"\n#include "web/page.hpp"\n' >"$work/tree/web/page.cpp"
  : >"$work/tree/web/page.hpp"
  echo '#include "carriers/carrier.hpp"' >"$work/tree/src/coordinators/loop.cpp"
}

# expect NAME STATUS TEXT: runs the check on the tree; TEXT has to be in what it says.
expect() {
  local said status
  said=$(python3 "$here/scripts/check_layers.py" "$work/tree" 2>&1)
  status=$?
  if [ "$status" != "$2" ] || [[ "$said" != *"$3"* ]]; then
    echo "layers: $1: exit $status, expected $2 and '$3' in: $said" >&2
    failures=$((failures + 1))
  fi
}

fresh; expect "a tree in order" 0 ""
fresh; echo '#include "graph/own.hpp"' >"$work/tree/src/base/b.cpp"
expect "an inner header of a folder above" 1 'src/base/b.cpp:1: includes "graph/own.hpp"'
fresh; printf '// x\n#include <entente/problem.hpp>\n' >"$work/tree/src/base/b.cpp"
expect "a public header in angle brackets" 1 'src/base/b.cpp:2: includes "entente/problem.hpp"'
fresh; echo '#include "../graph/own.hpp"' >"$work/tree/src/base/b.cpp"
expect "a path that climbs" 1 'src/base/b.cpp:1'
fresh; echo '#include "entente/graph/new.hpp"' >"$work/tree/include/entente/problem.hpp"
expect "a header that does not exist yet" 1 'include/entente/problem.hpp:1'
fresh; echo '#include "base/inner.hpp"' >"$work/tree/cli/main.cpp"
expect "an inner header in the program" 1 'cli/main.cpp:1'
fresh; echo '#include "web/page.hpp"' >"$work/tree/src/graph/own.hpp"
expect "the web in the library" 1 'src/graph/own.hpp:1'
fresh; echo '#include "cli/own.hpp"' >"$work/tree/web/page.hpp"
expect "the program in the web" 1 'web/page.hpp:1'
fresh; echo '#include "base/inner.hpp"' >"$work/tree/include/entente/base/x.hpp"
expect "an inner header in a public one" 1 'not public'
fresh; echo '#include "carriers/nats.hpp"' >"$work/tree/src/coordinators/loop.cpp"
expect "another header than the one allowed" 1 'src/coordinators/loop.cpp:1'
fresh; echo '/* #include "graph/own.hpp" */' >"$work/tree/src/base/b.cpp"
expect "an include in a comment" 0 ""
fresh; mkdir "$work/tree/src/stray"; : >"$work/tree/src/stray/a.cpp"
expect "a folder without a row" 1 'src/stray/a.cpp:1: belongs to no folder'
fresh; echo 'entente_folder(graph DEPENDS base kernel)' >"$work/tree/CMakeLists.txt"
expect "a link line outside the table" 1 'CMakeLists.txt:1: graph depends on kernel'
fresh; echo 'no table' >"$work/tree/docs/architecture.md"
expect "a page without the table" 2 'no table'

[ "$failures" = 0 ]
