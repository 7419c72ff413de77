#!/bin/sh
# Installs the HomelabCmd agent on this server, or brings an installed one up to date. Run it as root.
#
#   install-agent.sh [--hub URL] [--token TOKEN] [--node PATH] [--agent FILE] [--logs none|watched|all]
#
#   --hub    the hub's address: https://hub.example.org (or HOMELABCMD_HUB_URL)
#   --token  the one-time enrolment token that the hub made for this server (or HOMELABCMD_ENROLMENT_TOKEN, which
#            other users of this machine cannot read off the list of processes)
#   --node   the Node.js that runs the agent, 24 or later; otherwise the one on the PATH
#   --agent  the bundled agent; otherwise agent.mjs beside this script, or where a build of the project leaves it
#   --logs   what of this server's journal is shown: none, watched (the services that root names) or all; when left out,
#            what was chosen before, and watched at first. See choose-logs
#
# The agent only watches, until root writes a service's name into /etc/homelabcmd/restart-allowed. What is in that file,
# and the settings in agent.env when no others are given, are kept.
set -eu
umask 022
here=$(cd "$(dirname "$0")" && pwd)
lib=/usr/local/lib/homelabcmd
etc=/etc/homelabcmd

die() { echo "install-agent: $*" >&2; exit 1; }

hub=${HOMELABCMD_HUB_URL:-} token=${HOMELABCMD_ENROLMENT_TOKEN:-} node= agent= logs=
while [ $# -gt 0 ]; do
  case $1 in
    --hub) hub=${2:?} ;;
    --token) token=${2:?} ;;
    --node) node=${2:?} ;;
    --agent) agent=${2:?} ;;
    --logs) logs=${2:?} ;;
    *) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "$0" >&2; exit 64 ;;
  esac
  shift 2
done

# ---- everything that can be wrong, before anything is changed ---------------------------------------------------
[ "$(id -u)" = 0 ] || die 'run it as root'
[ -d /run/systemd/system ] || die 'this machine was not started by systemd'
for candidate in "$agent" "$here/agent.mjs" "$here/../packages/agent/dist/agent.mjs"; do
  [ -z "$candidate" ] || [ ! -f "$candidate" ] || { agent=$candidate; break; }
done
[ -f "$agent" ] || die "there is no agent.mjs: say where it is with --agent"
[ -n "$node" ] || node=$(command -v node) || die 'there is no Node.js: say where it is with --node'
[ -x "$node" ] || die "$node is not a program"
case $hub in
  http://localhost | http://localhost[:/]* | http://127.* | 'http://[::1]'*) ;;
  ws://localhost | ws://localhost[:/]* | ws://127.* | 'ws://[::1]'*) ;;
  http://* | ws://*) die 'the hub is reached by https://: in clear others could read what the agent says' ;;
esac
case $logs in '' | none | watched | all) ;; *) die "--logs is none, watched or all, not $logs" ;; esac
case $hub in
  '') [ -f $etc/agent.env ] || die 'say where the hub is, with --hub' ;;
  http://* | https://* | ws://* | wss://*)
    case $token in hlce_*) ;; *) die 'a token that the hub made goes with --hub: --token hlce_…' ;; esac
    case $hub$token in *[!A-Za-z0-9:/._%~+\[\]-]*) die 'the hub or the token holds a character that belongs in neither' ;; esac ;;
  *) die "the hub's address begins with https://, not as in $hub" ;;
esac

# ---- the user, who has no right but what any user has -----------------------------------------------------------
getent group homelabcmd >/dev/null || groupadd --system homelabcmd
getent passwd homelabcmd >/dev/null ||
  useradd --system --gid homelabcmd --home-dir /var/lib/homelabcmd --no-create-home --shell /usr/sbin/nologin homelabcmd
version=$(setpriv --reuid=homelabcmd --regid=homelabcmd --clear-groups "$node" --version 2>/dev/null) ||
  die "the user homelabcmd cannot run $node: put a Node.js where every user can run it"
major=${version#v} major=${major%%.*}
[ "$major" -ge 24 ] || die "the agent needs Node.js 24 or later, and $node is $version"

# ---- files: all of root, so that the agent cannot change what it may do ------------------------------------------
install -d -m 755 $lib $etc
install -m 644 "$agent" $lib/agent.mjs
install -m 755 "$here/restart-service" "$here/read-journal" "$here/choose-logs" "$here/relax-sandbox" "$here/uninstall-agent.sh" $lib/
[ "$(realpath "$node")" = "$(realpath -m $lib/node)" ] || ln -sfn "$(realpath "$node")" $lib/node
install -m 644 "$here/homelabcmd-restart.socket" "$here/homelabcmd-restart@.service" "$here/homelabcmd-agent.service" \
  "$here/homelabcmd-journal.socket" "$here/homelabcmd-journal@.service" \
  /etc/systemd/system/
if [ -n "$hub" ]; then
  rm -f $etc/agent.env.new
  (umask 077; printf 'HOMELABCMD_HUB_URL=%s\nHOMELABCMD_ENROLMENT_TOKEN=%s\n' "$hub" "$token" >$etc/agent.env.new)
  chown root:homelabcmd $etc/agent.env.new; chmod 640 $etc/agent.env.new; mv $etc/agent.env.new $etc/agent.env
fi
[ -e $etc/restart-allowed ] || cat >$etc/restart-allowed <<'LIST'
# The services that HomelabCmd may restart on this server, one unit name a line:
#plex.service
# Without a name here the agent only watches. Nothing on the network can change this file.
# ssh, the network, VPNs, dbus and systemd's own services must be in restart-allowed-lockout as well.
LIST

$lib/choose-logs $logs
$lib/relax-sandbox
systemctl --quiet enable homelabcmd-restart.socket homelabcmd-agent.service
systemctl restart homelabcmd-restart.socket homelabcmd-agent.service
echo "The agent is installed and started. See what it does: journalctl -u homelabcmd-agent -f"
