#!/bin/sh
# Installs the HomelabCmd agent from the hub that serves this script. Run it as root:
#
#   curl -fsS https://hub.example.org/agent/v1/install.sh | sudo sh -s -- --hub https://hub.example.org --token hlce_…
#
# It fetches the agent, its restart script and its units from the hub, checks each against the checksums below, and
# hands them to the installer. On a server without Node.js 24 it takes the hub's own, where that can run. The agent only
# watches, until root on this server allows more.
set -eu
umask 022
die() { echo "homelabcmd: $*" >&2; exit 1; }

hub= token=
while [ $# -gt 0 ]; do
  case $1 in
    --hub) hub=${2:?} ;;
    --token) token=${2:?} ;;
    *) die "there is no option $1: use --hub and --token, as in the line that the hub shows" ;;
  esac
  shift 2
done
case $hub in http://* | https://*) ;; *) die "say where the hub is: --hub https://…" ;; esac
case $token in hlce_*) ;; *) die 'a token that the hub made is needed: --token hlce_…' ;; esac
[ "$(id -u)" = 0 ] || die 'run it as root: … | sudo sh -s -- …'
[ -d /run/systemd/system ] || die 'this machine was not started by systemd, so there is nothing that the agent could watch'
for tool in sha256sum setpriv install; do
  command -v "$tool" >/dev/null || die "this machine lacks the program $tool"
done
if command -v curl >/dev/null; then fetch() { curl -fsS -o "$2" "$1"; }
elif command -v wget >/dev/null; then fetch() { wget -q -O "$2" "$1"; }
else die 'this machine has neither curl nor wget'; fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/checksums" <<'SUMS'
@CHECKSUMS@
SUMS

get() {
  fetch "$hub/agent/v1/files/$1" "$folder/$1" || die "$1 could not be fetched from $hub"
  grep "  $1\$" "$folder/checksums" | (cd "$folder" && sha256sum -c --status) ||
    die "$1 arrived broken, or the hub was changed in the meantime: run the line again"
}

echo "HomelabCmd: fetching the agent from $hub"
for file in install-agent.sh restart-service homelabcmd-restart.socket 'homelabcmd-restart@.service' \
  homelabcmd-agent.service agent.mjs; do
  get "$file"
done
chmod 755 "$folder/install-agent.sh"

# A Node.js of this server's own, if it is new enough; otherwise the hub's.
lib=/usr/local/lib/homelabcmd
node=$(command -v node || true)
if [ -n "$node" ]; then
  version=$("$node" --version 2>/dev/null || echo v0)
  major=${version#v}; major=${major%%.*}
  [ "$major" -ge 24 ] 2>/dev/null || node=
fi
if [ -z "$node" ]; then
  [ "$(uname -m)" = '@NODE_MACHINE@' ] ||
    die "this server is $(uname -m) and the hub is not, so the hub's Node.js cannot run here: install Node.js 24 or later, then run the line again"
  echo 'HomelabCmd: this server has no Node.js 24, so the one of the hub is installed for the agent alone'
  get node
  chmod 755 "$folder/node"
  "$folder/node" --version >/dev/null 2>&1 ||
    die "the hub's Node.js does not run here (an old or another C library?): install Node.js 24 or later, then run the line again"
  install -d -m 755 "$lib"
  install -m 755 "$folder/node" "$lib/node.new"
  mv -T "$lib/node.new" "$lib/node"
  node=$lib/node
fi

HOMELABCMD_HUB_URL=$hub HOMELABCMD_ENROLMENT_TOKEN=$token "$folder/install-agent.sh" --node "$node" --agent "$folder/agent.mjs"

# The hub gives the agent a credential of its own when it has let it in.
waited=0
until [ -s /var/lib/homelabcmd/credential ]; do
  [ "$waited" -lt 30 ] || {
    journalctl -u homelabcmd-agent -n 5 -o cat >&2 || true
    die "the agent is installed, and has not reached the hub within 30 s. It goes on trying: journalctl -u homelabcmd-agent -f"
  }
  sleep 1
  waited=$((waited + 1))
done
cat <<'DONE'
HomelabCmd: this server is in. Look at the dashboard.
The agent only watches. To let a service be restarted from the hub, write its name into the list on this server:
  echo 'plex.service' | sudo tee -a /etc/homelabcmd/restart-allowed
DONE
