#!/bin/sh
# SPDX-License-Identifier: MIT
# Compiles each of wrong/*.cpp: every one must fail, and the sentence it expects must be the compiler's first error.
#   wrong.sh COMPILER
set -u
compiler=$1
folder=$(cd -- "$(dirname -- "$0")" && pwd)
failed=0
for file in "$folder"/wrong/*.cpp; do
  expected=$(sed -n 's,^// Expects: ,,p' "$file")
  if message=$("$compiler" -std=c++20 -fsyntax-only -I "$folder/../../include" "$file" 2>&1); then
    echo "$file: compiles, but has to fail with: $expected" >&2
    failed=1
  elif ! printf '%s\n' "$message" | grep -m 1 'error:' | grep -qF -- "$expected"; then
    printf '%s\n' "$file: expected: $expected" "found:" "$message" | head -n 20 >&2
    failed=1
  fi
done
exit $failed
