#!/bin/bash
# SPDX-License-Identifier: MIT
# Makes a minimal Debian 12 in a temporary folder, copies the tree in, and runs there, as root, what the README promises
# to work on a fresh machine. Mirror, keys and apt's configuration are the running system's.
#   tests/fresh_machine.sh           both commands
#   tests/fresh_machine.sh solve     only ./entente solve (then once more without a network)
#   tests/fresh_machine.sh check     only ./check
# Environment: FRESH_MACHINE_COMMANDS, shell text to run in the copied tree instead of these; TMPDIR, where the system
# is made (some 4 GB, on a file system that allows devices and programs). Nothing of it is left behind.
# Exit: 0 all went well, 1 a command failed, 2 wrong use, 77 such a system cannot be made here (one sentence says why).
set -u
release=bookworm

cannot() {
  echo "fresh_machine: skipped, no fresh Debian 12 can be made here: $*" >&2
  exit 77
}

case ${1:-both} in
  solve | check | both) wanted=${1:-both} ;;
  *)
    echo "fresh_machine: '$1' is not understood; usage: tests/fresh_machine.sh [solve|check]" >&2
    exit 2
    ;;
esac
[ "$(id -u)" = 0 ] || cannot "it takes root."
for tool in debootstrap apt-get apt-config chroot unshare mount tar; do
  command -v "$tool" >/dev/null 2>&1 || cannot "there is no $tool."
done
# What is mounted in a mount space of our own is gone when we are, however we end.
if [ "${FRESH_MACHINE_INSIDE:-}" != "$$" ]; then
  unshare --mount --propagation private true 2>/dev/null || cannot "mounting is not allowed."
  # exec keeps the process number, by which the second round knows itself.
  FRESH_MACHINE_INSIDE=$$ exec unshare --mount --propagation private "$0" "$wanted"
fi

tree=$(cd -P -- "$(dirname -- "$0")/.." && pwd) || exit 1
# shellcheck disable=SC2016  # apt fills in the $()
mirror=$(apt-get indextargets --format '$(REPO_URI)' "Release: $release" 'Created-By: Packages' 2>/dev/null | head -n 1)
[ -n "$mirror" ] || cannot "this system's apt has no source for $release."
keys=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keys" ] || cannot "there are no keys of Debian in $keys."
for scheme in http https; do
  proxy=$(apt-config shell proxy "Acquire::$scheme::Proxy" | sed -n "s/^proxy='\(.*\)'$/\1/p")
  if [ -n "$proxy" ] && [ "$proxy" != DIRECT ]; then export "${scheme}_proxy=$proxy"; fi
done

work=$(mktemp -d "${TMPDIR:-/tmp}/fresh_machine.XXXXXX") || cannot "no temporary folder."
machine=$work/root
# shellcheck disable=SC2317  # the trap calls it
clean_up() {
  trap '' INT TERM HUP
  umount "$machine/proc" "$machine/dev/pts" "$machine/dev/shm" 2>/dev/null
  # --one-file-system: should a mount have stayed, what is behind it is not ours to remove.
  rm -rf --one-file-system "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

echo "== a minimal Debian 12"
if ! debootstrap --variant=minbase --keyring="$keys" "$release" "$machine" "$mirror" >"$work/log" 2>&1 </dev/null; then
  tail -n 5 "$work/log" >&2
  cannot "debootstrap fails (its last words are above)."
fi
rm -rf "$machine/etc/apt"
cp -a /etc/apt "$machine/etc/apt"
mkdir -p "$machine/usr/share/keyrings"
cp -a /usr/share/keyrings/. "$machine/usr/share/keyrings/"
for file in /etc/resolv.conf /etc/hosts; do
  if [ -e "$file" ]; then cp -L "$file" "$machine/etc/"; fi
done
# A mirror behind https needs certificates that a minimal system lacks.
if [[ $mirror == https:* ]] && [ -d /etc/ssl/certs ]; then
  mkdir -p "$machine/etc/ssl/certs"
  cp -L /etc/ssl/certs/ca-certificates.crt "$machine/etc/ssl/certs/"
fi
mount -t proc proc "$machine/proc" || cannot "mounting is not allowed."
mount -t tmpfs tmpfs "$machine/dev/shm" || cannot "mounting is not allowed."
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$machine/dev/pts" || cannot "mounting is not allowed."

echo "== the tree"
mkdir "$machine/entente"
if git -C "$tree" rev-parse --git-dir >/dev/null 2>&1; then
  (cd "$tree" && git ls-files -z --cached --others --exclude-standard)
else
  (cd "$tree" && find . -path ./build -prune -o -type f -print0)
fi | while IFS= read -r -d '' file; do
  # What git still lists may be deleted here.
  if [ -e "$tree/$file" ] || [ -L "$tree/$file" ]; then printf '%s\0' "$file"; fi
done | tar -C "$tree" --null --files-from=- -cf - | tar -C "$machine/entente" -xf - || exit 1

failed=no
# on_machine [--offline] COMMANDS: as somebody would type them in the tree; Ctrl-C here ends them there.
on_machine() {
  local spaces=(--pid --fork --kill-child)
  if [ "$1" = --offline ]; then
    spaces+=(--net)
    shift
  fi
  printf '\n== %s\n' "$1"
  local began=$SECONDS
  unshare "${spaces[@]}" chroot "$machine" /usr/bin/env -i HOME=/root TERM=dumb LANG=C.UTF-8 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin /bin/sh -c "cd /entente && $1" </dev/null
  local status=$?
  printf '== exit %d after %d s\n' "$status" $((SECONDS - began))
  [ "$status" = 0 ] || failed=yes
}

if [ -n "${FRESH_MACHINE_COMMANDS:-}" ]; then
  on_machine "$FRESH_MACHINE_COMMANDS"
else
  if [ "$wanted" != check ]; then
    on_machine "./entente solve examples/smart_lights.yaml"
    on_machine --offline "./entente solve examples/smart_lights.yaml"
  fi
  if [ "$wanted" != solve ]; then on_machine "./check"; fi
fi
[ "$failed" = no ]
