#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds build/release/bin/entente, called by the launcher when the program is absent or may be out of date.
# One call builds, others that arrive meanwhile wait for it. An interrupted build never counts as fresh.
# Exit: 0 the program is up to date, 2 a package is missing and cannot be installed, 3 the build failed.
set -u
export LC_ALL=C
root=$(cd -P -- "$(dirname -- "$0")/.." && pwd) || exit 3
cd -- "$root" || exit 3
inputs="include src cli web cmake CMakeLists.txt CMakePresets.json packages.txt" # as in the launcher
build=build/release
program=$build/bin/entente
stamp=$build/fresh           # its time: when the last good build began; absent after a build that did not end well
record=$build/sources.sha256 # what the last build, good or not, began with
log=$build/build.log

if ! mkdir -p "$build" 2>/dev/null || ! (: >>build/release.lock) 2>/dev/null; then
  echo "entente: the program has to be built, and $root/build cannot be written." >&2
  exit 3
fi
exec 9>>build/release.lock
flock 9

# shellcheck disable=SC2086  # the inputs are separate words, here and below
up_to_date() {
  [ -x "$program" ] && [ -e "$stamp" ] && [ -z "$(find $inputs -cnewer "$stamp" -print -quit 2>&1)" ]
}
up_to_date && exit 0

: >"$stamp.new"
# shellcheck disable=SC2086
find $inputs -type f -print0 | xargs -0 sha256sum | sort >"$record.new"

# Only dates changed (a fresh copy, a branch and back): nothing to do.
if [ -x "$program" ] && [ -e "$stamp" ] && cmp -s "$record" "$record.new"; then
  mv "$stamp.new" "$stamp"
  exit 0
fi

# A file that was put back with its old date looks unchanged to Ninja: date it now.
if [ -e "$record" ]; then
  comm -13 "$record" "$record.new" | cut -c 67- | while IFS= read -r file; do
    [ -n "$(find "$file" -newer "$record")" ] || touch -c -- "$file"
  done
fi
rm -f "$stamp"
mv "$record.new" "$record"

"$root/scripts/setup.sh" build 9>&- || exit 2

# A build folder that was copied or moved here belongs to another place.
if [ -e "$build/CMakeCache.txt" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$build/CMakeCache.txt"; then
  rm -rf "$build/CMakeCache.txt" "$build/CMakeFiles"
fi

echo "building Entente, this takes some minutes (log: $root/$log)" >&2
jobs=$(nproc 2>/dev/null || echo 2)
build_program() {
  cmake --preset release && cmake --build --preset release --parallel "$jobs" --target entente_program
}
if ! build_program >"$log" 2>&1 </dev/null; then
  # What the compiler said, when it was the compiler; otherwise how the log ends.
  { sed -n '/^FAILED: /,$p' "$log" | head -n 40 | grep . || tail -n 30 "$log"; } >&2
  echo "entente: the build failed; the whole log is $root/$log" >&2
  exit 3
fi
mv "$stamp.new" "$stamp"
