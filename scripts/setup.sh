#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs the packages of packages.txt that are missing. Asks dpkg once and touches the network only when one is.
#   setup.sh build   succeeds without the packages marked "check:" where nothing can be installed
#   setup.sh check   needs them all
# Exit: 0 done, 2 something is missing and cannot be installed (one sentence on stderr says what to install).
set -u
export LC_ALL=C
purpose=${1:-check}
root=$(cd -P -- "$(dirname -- "$0")/.." && pwd) || exit 2

# Elsewhere than on Debian and its relatives CMake says what it does not find.
command -v dpkg-query >/dev/null 2>&1 || exit 0

# packages [build]: the names in packages.txt, all or without those marked "check:".
packages() {
  if [ "${1:-}" = build ]; then grep -v '#[[:space:]]*check:' "$root/packages.txt"; else cat "$root/packages.txt"; fi |
    sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d'
}

# missing [build]: the names that are not installed, on one line.
missing() {
  wanted=$(packages "${1:-}")
  # shellcheck disable=SC2086,SC2016  # names are separate words, and dpkg-query fills in the ${}
  installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' $wanted 2>/dev/null |
    sed -n 's/ installed$//p')
  for name in $wanted; do
    case "
$installed
" in
      *"
$name
"*) ;;
      *) printf '%s ' "$name" ;;
    esac
  done
}

needed=$(missing)
[ -n "$needed" ] || exit 0

if [ "$(id -u)" = 0 ]; then
  as_root=
elif command -v sudo >/dev/null 2>&1 && sudo -n true >/dev/null 2>&1; then
  as_root='sudo -n'
else
  if [ "$purpose" = build ]; then needed=$(missing build); fi
  [ -n "$needed" ] || exit 0
  echo "Entente cannot install what it needs here (neither root nor sudo without a password): please run" \
    "'sudo apt-get install ${needed% }' and start it again." >&2
  exit 2
fi

log=$(mktemp) || exit 2
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
echo "installing the missing packages: ${needed% }" >&2
# Old package lists name files that the mirror no longer has. An update that fails may still leave lists that will do.
# shellcheck disable=SC2086  # words
$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 update >"$log" 2>&1 </dev/null
# shellcheck disable=SC2086
if ! $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 --no-install-recommends \
  install $needed >>"$log" 2>&1 </dev/null; then
  tail -n 20 "$log" >&2
  echo "Entente could not install these packages (apt-get says why above): ${needed% }" >&2
  exit 2
fi
