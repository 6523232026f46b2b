#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks that objects compiled for particular processors define no weak symbol: of such a symbol the linker keeps one
# copy for the whole program, and that copy may hold instructions which older processors do not have.
#   check_variants.sh OBJECT...
# Exit: 0 none does, 1 one line for each symbol that is weak.
set -u
weak=$(nm -A -C --defined-only -- "$@" | grep -E ' [WVu] ')
[ -z "$weak" ] && exit 0
printf '%s\n' "$weak" >&2
echo "These symbols are weak: keep templates and inline functions out of variant files, or make them static." >&2
exit 1
