#!/bin/bash
# SPDX-License-Identifier: MIT
# The check of names finds two types that are one to the linker, and only those.
set -u
here=$(cd -P -- "$(dirname -- "$0")/../.." && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0

# expect NAME STATUS TEXT: runs the check on the tree; TEXT has to be in what it says.
expect() {
  local said status
  said=$(python3 "$here/scripts/check_names.py" "$work" 2>&1)
  status=$?
  if [ "$status" != "$2" ] || [[ "$said" != *"$3"* ]]; then
    echo "names: $1: exit $status, expected $2 and '$3' in: $said" >&2
    failures=$((failures + 1))
  fi
}

# define FILE NAMESPACE NAME
define() { printf 'namespace %s{\n\nstruct %s {\n};\n\n}  // namespace %s\n' "$2" "$3" "$2" >"$work/src/$1"; }

mkdir "$work/src"
define a.hpp "entente " Order
define b.hpp "entente::runtime " Order
define c.cpp "" Order
expect "one name in several namespaces" 0 ""
define d.cpp "entente " Order
expect "two types of one name" 1 "src/d.cpp:3: entente::Order is also defined in src/a.hpp:3"

[ "$failures" = 0 ]
