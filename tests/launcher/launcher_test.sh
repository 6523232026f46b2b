#!/bin/bash
# SPDX-License-Identifier: MIT
# The launcher and its set-up, on a small copy of the tree whose cmake, dpkg-query, id, sudo and apt-get are stand-ins
# found first on the PATH; they write down how they were called.
# shellcheck disable=SC2015,SC2016  # `a && b || fail` means that; stand-ins are quoted so that they expand, not we
set -u
here=$(cd -P -- "$(dirname -- "$0")/../.." && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
tree=$work/tree
failures=0

fail() {
  echo "launcher: $*" >&2
  failures=$((failures + 1))
}

# stand_in NAME: a program NAME that notes its call and does what standard input says.
stand_in() {
  printf '#!/bin/sh\nprintf "%%s " %s "$@" >>"%s/calls"; echo >>"%s/calls"\n' "$1" "$work" "$work" >"$work/bin/$1"
  cat >>"$work/bin/$1"
  chmod +x "$work/bin/$1"
}

calls() { grep -c "^$1" "$work/calls"; }

# A build takes a moment and ends in a program that tells how it was called, and with which source it was built.
stand_in_for_cmake() {
  stand_in cmake <<'END'
case $* in
  *--build*)
    sleep 0.3
    mkdir -p build/release/bin
    cat src/a.cpp >build/release/bin/built-from
    printf '#!/bin/sh\necho "ran $(cat "$(dirname "$0")/built-from"): $*"\ncat\n' >build/release/bin/entente
    chmod +x build/release/bin/entente
    ;;
esac
END
}

# lacking PATTERN: a dpkg that knows every package but those.
lacking() {
  stand_in dpkg-query <<END
sed -n 's/^\\([a-z0-9][^ ]*\\).*/\\1 installed/p' packages.txt | grep -vE '^($1) '
exit 1
END
}

# fresh: a tree that was never built, on a machine that has every package.
fresh() {
  rm -rf "${work:?}/bin" "$work/calls" "$tree"
  mkdir -p "$work/bin" "$tree"/{scripts,include,src,cli,web,cmake,tests}
  cp "$here/entente" "$tree/"
  cp "$here"/scripts/{setup,build_release}.sh "$tree/scripts/"
  cp "$here/packages.txt" "$tree/"
  : >"$tree/CMakeLists.txt"
  : >"$tree/CMakePresets.json"
  echo one >"$tree/src/a.cpp"
  echo two >"$tree/src/b.cpp"
  : >"$work/calls"
  stand_in_for_cmake
  lacking nothing
  stand_in apt-get </dev/null
}
export PATH="$work/bin:$PATH"

# run ARGS...: the launcher, from a folder elsewhere; its answer is in $said and $status, its stderr in $complaint.
run() {
  said=$(cd / && "$tree/entente" "$@" 2>"$work/stderr" </dev/null)
  status=$?
  complaint=$(cat "$work/stderr")
}

# expect_builds NUMBER WHEN
expect_builds() {
  local number
  number=$(calls 'cmake --build')
  [ "$number" = "$1" ] || fail "$2: $number builds so far, expected $1"
}

fresh
run solve "a b" '*'
[ "$said" = "ran one: solve a b *" ] || fail "first call says: $said ($complaint)"
[[ $complaint == *"building Entente"* ]] || fail "first call builds without a word: $complaint"
expect_builds 1 "first call"
: >"$work/calls"
run again
[ "$said" = "ran one: again" ] && [ -z "$complaint" ] || fail "second call says: $said ($complaint)"
[ ! -s "$work/calls" ] || fail "second call runs more than it needs: $(cat "$work/calls")"

ln -s "$tree/entente" "$work/link"
ln -s "$work/link" "$work/bin/far"
[ "$(cd / && "$work/bin/far" x </dev/null)" = "ran one: x" ] || fail "does not run through links"
[ "$(cd "$tree" && ./entente x </dev/null)" = "ran one: x" ] || fail "does not run as ./entente"
[ "$(cd "$tree/src" && sh ../entente x </dev/null)" = "ran one: x" ] || fail "does not run as sh ../entente"
[ "$(cd "$tree" && sh entente x </dev/null)" = "ran one: x" ] || fail "does not run as sh entente"
[ "$(echo text | "$tree/entente" x)" = "ran one: x
text" ] || fail "does not pass standard input on"
[ ! -s "$work/calls" ] || fail "another way to call it builds again: $(cat "$work/calls")"

# What makes the program stale, and what does not.
sleep 0.01; echo changed >"$tree/src/a.cpp"; run x; expect_builds 1 "a changed source"
[ "$said" = "ran changed: x" ] || fail "after a change it says: $said"
: >"$tree/cli/new.cpp"; run x; expect_builds 2 "a new source"
rm "$tree/src/b.cpp"; run x; expect_builds 3 "a deleted source"
echo '# more' >>"$tree/packages.txt"; run x; expect_builds 4 "a changed package list"
echo '# more' >>"$tree/CMakeLists.txt"; run x; expect_builds 5 "a changed CMake file"
rm "$tree/build/release/bin/entente"; run x; expect_builds 6 "a program that is gone"
echo old >"$work/old"; touch -d '2001-01-01' "$work/old"; cp -p "$work/old" "$tree/src/a.cpp"; run x
expect_builds 7 "a source put back with its old date"
[ -n "$(find "$tree/src/a.cpp" -newermt '2002-01-01')" ] || fail "a source keeps a date that hides its change"
: >"$tree/tests/new_test.cpp"; mkdir "$tree/docs"; run x; expect_builds 7 "a new test"
touch "$tree/src/a.cpp"; run x; expect_builds 7 "a date without a change"
: >"$work/calls"; run x
[ ! -s "$work/calls" ] || fail "a date without a change is looked at every time"

# A build that fails or is cut short is no build.
stand_in cmake <<<'echo "the compiler says no"; exit 1'
echo broken >"$tree/src/a.cpp"; run x
[ "$status" = 3 ] && [ -z "$said" ] && [[ $complaint == *"the compiler says no"*"build failed"* ]] ||
  fail "a failed build: exit $status, says: $said ($complaint)"
run x; [ "$status" = 3 ] || fail "a failed build counts as fresh the second time"
stand_in_for_cmake
echo 'case $* in *--build*) kill -9 "$PPID" ;; esac' >>"$work/bin/cmake"
run x; [ "$status" != 0 ] || fail "a build that was cut short counts"
stand_in_for_cmake
: >"$work/calls"; run x
[ "$said" = "ran broken: x" ] || fail "after a build that was cut short it says: $said ($complaint)"
expect_builds 1 "after a build that was cut short"

# Two first calls at once build once, and both run.
fresh
"$tree/entente" first </dev/null >"$work/first" 2>/dev/null &
"$tree/entente" second </dev/null >"$work/second" 2>/dev/null &
wait
[ "$(cat "$work/first" "$work/second")" = "ran one: first
ran one: second" ] || fail "two calls at once say: $(cat "$work/first" "$work/second")"
expect_builds 1 "two calls at once"

# Packages: nothing to install, root, sudo, neither.
[ "$(calls apt-get)" = 0 ] || fail "calls apt-get although nothing is missing"
fresh; lacking 'libfmt-dev|clang-14'; stand_in id <<<'echo 0'; run x
grep -q '^apt-get .*install libfmt-dev clang-14 $' "$work/calls" || fail "root installs: $(cat "$work/calls")"
[ "$said" = "ran one: x" ] || fail "after installing it says: $said ($complaint)"
fresh; lacking 'libfmt-dev'; stand_in id <<<'echo 1000'
stand_in sudo <<<'shift; exec "$@"'
run x
grep -q '^sudo -n env .*apt-get .*install libfmt-dev $' "$work/calls" || fail "sudo installs: $(cat "$work/calls")"
fresh; lacking 'libfmt-dev|clang-14'; stand_in id <<<'echo 1000'; stand_in sudo <<<'echo "a password is required" >&2; exit 1'
run x
[ "$status" = 2 ] || fail "without a way to install: exit $status"
[[ $complaint == *"sudo apt-get install libfmt-dev'"* ]] || fail "does not say what to install: $complaint"
[ "$(echo "$complaint" | wc -l)" = 1 ] || fail "says it in more than one line: $complaint"
[ "$(calls apt-get)" = 0 ] && [ "$(calls cmake)" = 0 ] || fail "goes on without a package"
fresh; lacking 'clang-14'; stand_in id <<<'echo 1000'; stand_in sudo <<<'exit 1'; run x
[ "$said" = "ran one: x" ] || fail "a package that only checks need keeps it from running: $complaint"
fresh; lacking 'libfmt-dev'; stand_in id <<<'echo 0'; stand_in apt-get <<<'echo "no network"; exit 100'; run x
[ "$status" = 2 ] && [[ $complaint == *"no network"*"libfmt-dev"* ]] || fail "a failed install: exit $status, $complaint"

[ "$failures" = 0 ]
