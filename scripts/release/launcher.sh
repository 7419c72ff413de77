#!/bin/sh
# Runs HomelabCmd from the folder that it was unpacked into, also through a link to this file.
set -eu

here=$(dirname "$(readlink -f "$0")")/..
node=$here/lib/node
[ -x "$node" ] || node=$(command -v node) || {
  echo "HomelabCmd needs Node.js 24.7 or newer, and there is none. Install it, or link it as $here/lib/node." >&2
  exit 1
}

version=$("$node" -p 'process.versions.node')
major=${version%%.*}
minor=${version#*.}
minor=${minor%%.*}
if [ "$major" -lt 24 ] || { [ "$major" -eq 24 ] && [ "$minor" -lt 7 ]; }; then
  echo "HomelabCmd needs Node.js 24.7 or newer; $node is $version. Install a newer one, or link it as $here/lib/node." >&2
  exit 1
fi

# The settings of an installed hub, so that a command in a terminal speaks of the same hub as the service.
if [ -z "${HOMELABCMD_CONFIG:-}" ] && [ -e /etc/homelabcmd/homelabcmd.conf ]; then
  export HOMELABCMD_CONFIG=/etc/homelabcmd/homelabcmd.conf
fi
# A heap of the C library for each thread is memory that nobody uses: the hub's threads have little to do at a time.
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-1}"
exec "$node" "$here/lib/homelabcmd.mjs" "$@"
