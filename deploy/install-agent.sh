#!/bin/sh
# Installs the HomelabCmd agent on this server, or brings an installed one up to date. Run it as root, from the folder of a
# release: the agent for this kind of server, its units, release.json and the signature have to be beside it.
#
#   install-agent.sh [--hub URL] [--token TOKEN] [--allow UNIT]... [--logs none|watched|all] [--yes]
#
#   --hub    the hub's address: https://hub.example.org (or HOMELABCMD_HUB_URL)
#   --token  the one-time enrolment token that the hub made for this server (or HOMELABCMD_ENROLMENT_TOKEN, which
#            other users of this machine cannot read off the list of processes)
#   --allow  a service that may be restarted from the hub; may stand more than once. Without it, and at a terminal, you
#            are shown what runs here and asked
#   --logs   what of this server's journal is shown: none, watched (the services that root names) or all; when left out,
#            what was chosen before, and watched at first. See choose-logs
#   --yes    asks nothing, and allows nothing but what --allow says
#   --check  says what this server is and what would be done, asks, and ends
#   --agreed the question before has been answered already
#   --kind   prints which agent this server needs, such as linux-x64
#
# The agent only watches, until root allows more. What is allowed, and the settings in agent.env when no others are given,
# are kept. It may break off anywhere and be run again: the end is the same.
set -eu
umask 022
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
lib=/usr/local/lib/homelabcmd etc=/etc/homelabcmd units=/etc/systemd/system
command=/usr/local/sbin/homelabcmd-agent
here=$(cd "$(dirname "$0")" && pwd)

die() { echo "install-agent: $*" >&2; exit 1; }

# ---- options -------------------------------------------------------------------------------------------------------
read_options() {
  hub=${HOMELABCMD_HUB_URL:-} token=${HOMELABCMD_ENROLMENT_TOKEN:-} allow= logs= mode=install yes= agreed=
  while [ $# -gt 0 ]; do
    case $1 in
      --hub) hub=${2:?} ;;
      --token) token=${2:?} ;;
      --allow) allow="$allow $(echo "${2:?}" | tr ',' ' ')" ;;
      --logs) logs=${2:?} ;;
      --yes) yes=1 agreed=1; shift; continue ;;
      --agreed) agreed=1; shift; continue ;;
      --check | --kind) mode=${1#--}; shift; continue ;;
      *) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "$0" >&2; exit 64 ;;
    esac
    shift 2
  done
  case $logs in '' | none | watched | all) ;; *) die "--logs is none, watched or all, not $logs" ;; esac
  case $allow in *[!A-Za-z0-9:_.\\@\ -]*) die 'a service of --allow holds a character that is in no unit name' ;; esac
}

check_hub() {
  case $hub in
    http://localhost | http://localhost[:/]* | http://127.* | 'http://[::1]'*) ;;
    ws://localhost | ws://localhost[:/]* | ws://127.* | 'ws://[::1]'*) ;;
    http://* | ws://*) die 'the hub is reached by https://: in clear others could read what the agent says' ;;
  esac
  case $hub in
    '') [ -f $etc/agent.env ] || die 'say where the hub is, with --hub' ;;
    http://* | https://* | ws://* | wss://*)
      case $token in hlce_*) ;; *) die 'a token that the hub made goes with --hub: --token hlce_...' ;; esac
      case $hub$token in *[!A-Za-z0-9:/._%~+\[\]-]*) die 'the hub or the token holds a character that belongs in neither' ;; esac ;;
    *) die "the hub's address begins with https://, not as in $hub" ;;
  esac
}

# ---- what this server is -------------------------------------------------------------------------------------------
# Which agent it needs, or in one sentence why there is none for it.
kind_of_server() {
  case $(uname -m) in
    x86_64) kind=linux-x64 ;;
    aarch64 | arm64) kind=linux-arm64 ;;
    armv* | i?86)
      die "this is a 32-bit system ($(uname -m)), for which there is no agent: it takes a 64-bit one, x86_64 or aarch64" ;;
    *) die "there is no agent for processors of the kind $(uname -m): it takes x86_64 or aarch64" ;;
  esac
  libc=$(ldd --version 2>&1 | head -n 1) || true
  case $libc in *musl*) kind=$kind-musl libc='musl' ;; *) libc="glibc ${libc##* }" ;; esac
}

# From 240 on systemd knows Type=exec, and 5.1 is the oldest kernel that the agent's runtime is made for.
look_at_server() {
  [ -d /run/systemd/system ] || die 'this machine was not started by systemd, so there is nothing that the agent could watch'
  kind_of_server
  systemd=$(systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')
  [ "${systemd:-0}" -ge 240 ] || die "systemd is ${systemd:-unknown} here, and the units of the agent need 240 or later"
  kernel=$(uname -r)
  major=${kernel%%.*} minor=${kernel#*.} minor=${minor%%[!0-9]*}
  [ "$major" -gt 5 ] || { [ "$major" = 5 ] && [ "$minor" -ge 1 ]; } || die "the kernel is $kernel here, and the agent needs 5.1 or later"
  room_mb=$(df -Pm /usr/local | awk 'NR == 2 { print $4 }')
  [ "$room_mb" -ge 300 ] || die "there are $room_mb MB free below /usr/local, and the agent needs 300 while it is installed"
  for tool in gzip setpriv install useradd userdel; do
    command -v $tool >/dev/null || die "this machine lacks the program $tool"
  done
  container=$(systemd-detect-virt --container 2>/dev/null) || container=none
  read -r _ outside _ </proc/self/uid_map
  nesting=
  [ "$container" = none ] || [ "$outside" = 0 ] || nesting=', unprivileged: without nesting, parts of the sandbox are lifted and named'
}

tell_server() {
  case ${logs:-$(sed -n '/^[^#]/{p;q;}' $etc/logs 2>/dev/null)} in
    none) shown='nothing of the journal' ;;
    all) shown='the whole journal' ;;
    *) shown='of the journal the lines of services that may be restarted, and of those that you name' ;;
  esac
  cat <<WORDS
HomelabCmd agent, on $(uname -n):
  processor   $(uname -m), $libc: the agent $kind
  kernel      $kernel
  systemd     $systemd
  container   $container$nesting
  room        $room_mb MB below /usr/local

This will
  make    the user homelabcmd, who cannot log in and has no right of its own
  write   $lib, $command, $etc, and units
          of the name homelabcmd- below $units
  start   the agent now and with the server$([ -z "$hub" ] || echo "; it connects to
          $hub")
  allow   ${allow:-nothing to be restarted, until you name it}
  show    ${shown}
It is taken away whole by: sudo $lib/uninstall-agent.sh --purge
WORDS
}

# ---- questions -----------------------------------------------------------------------------------------------------
# What is pasted comes by the shell's own input, so answers come from the terminal itself.
has_terminal() { ( : </dev/tty ) 2>/dev/null; }

ask() {
  [ -z "$agreed" ] || return 0
  has_terminal || die 'there is no terminal to ask at. To have it done without a question: --yes (at the end of a pasted line: -s -- --yes)'
  printf 'Go on? [y/N] ' >/dev/tty
  IFS= read -r answer </dev/tty || answer=
  case $answer in y | Y | yes | Yes) ;; *) die 'nothing was changed' ;; esac
}

# What runs here, or should, and does not cut people off from the server.
services_here() {
  systemctl list-units --type=service --state=active,failed --plain --no-legend --no-pager 2>/dev/null | sed 's/^[^A-Za-z]*//' |
    while read -r unit load _; do
      [ "$load" = loaded ] || continue
      case $unit in
        systemd-* | homelabcmd-* | *getty* | user@* | user-runtime-dir@* | ssh* | dropbear* | dbus* | polkit* | *etwork* | *dhc* | wpa_* | \
          *vpn* | wg-* | tailscale* | *fire*wall* | ufw* | nftables* | iptables* | kmod-* | modprobe@* | keyboard-* | console-*) ;;
        *) echo "$unit" ;;
      esac
    done
}

choose_services() {
  [ -z "$yes$allow" ] && has_terminal && ! grep -qs '^[^#]' $etc/restart-allowed || return 0
  found=$(services_here)
  [ -n "$found" ] || return 0
  { echo; echo 'Services of this server:'; echo "$found" | awk '{ printf "  %2d  %s\n", NR, $0 }'; } >/dev/tty
  printf 'Which of them may be restarted from the hub? Numbers with spaces between; Enter: none. ' >/dev/tty
  IFS= read -r numbers </dev/tty || numbers=
  for number in $numbers; do
    case $number in *[!0-9]*) chosen= ;; *) chosen=$(echo "$found" | sed -n "${number}p") ;; esac
    [ -n "$chosen" ] || { echo "There is no number $number in the list: it is passed over." >/dev/tty; continue; }
    allow="$allow $chosen"
  done
}

# ---- installing ----------------------------------------------------------------------------------------------------
# The new agent is unpacked beside the old one. The old one decides about it, where there is one; a first agent decides about itself,
# which says only that all of it is of one release: who handed it out is trusted this once.
take_program() {
  [ -f "$here/release.json" ] || die "$here is not the folder of a release"
  program=$here/homelabcmd-agent-$kind
  install -d -m 755 $lib
  rm -f $lib/homelabcmd-agent.new
  if [ -f "$program" ]; then install -m 755 "$program" $lib/homelabcmd-agent.new
  elif [ -f "$program.gz" ]; then gzip -dc "$program.gz" >$lib/homelabcmd-agent.new; chmod 755 $lib/homelabcmd-agent.new
  else die "this release has no agent for $kind"; fi
  setpriv --reuid=65534 --regid=65534 --clear-groups $lib/homelabcmd-agent.new --version >/dev/null 2>&1 || {
    rm -f $lib/homelabcmd-agent.new
    die "the agent does not run here ($kind, $libc, kernel $kernel): nothing was changed"
  }
  judge=$lib/homelabcmd-agent
  [ -x $judge ] || judge=$lib/homelabcmd-agent.new
  env -i PATH="$PATH" $judge verify-release "$here" || { rm -f $lib/homelabcmd-agent.new; die 'nothing was changed'; }
}

make_user() {
  getent group homelabcmd >/dev/null || groupadd --system homelabcmd
  getent passwd homelabcmd >/dev/null ||
    useradd --system --gid homelabcmd --home-dir /var/lib/homelabcmd --no-create-home --shell /usr/sbin/nologin homelabcmd
}

# All of it is root's, so that the agent cannot change what it may do.
put_files() {
  install -d -m 755 $etc /usr/local/sbin
  install -m 755 "$here/restart-service" "$here/read-journal" "$here/choose-logs" "$here/relax-sandbox" \
    "$here/look-for-updates" "$here/uninstall-agent.sh" $lib/
  mv -T $lib/homelabcmd-agent.new $lib/homelabcmd-agent
  ln -sfnT $lib/homelabcmd-agent $command
  install -m 644 "$here"/homelabcmd-*.socket "$here"/homelabcmd-*.service "$here"/homelabcmd-*.timer $units/
  [ -e $etc/release-key.pem ] || install -m 644 "$here/release-key.pem" $etc/release-key.pem
  install -m 644 "$here/release.sig" $lib/release.sig
  # Last: until it is there, what is here is not called this release.
  install -m 644 "$here/release.json" $lib/release.json
  rm -f $lib/agent.mjs $lib/node
  sync -f $lib $etc $units
}

put_settings() {
  if [ -n "$hub" ]; then
    rm -f $etc/agent.env.new
    (umask 077; printf 'HOMELABCMD_HUB_URL=%s\nHOMELABCMD_ENROLMENT_TOKEN=%s\n' "$hub" "$token" >$etc/agent.env.new)
    mv $etc/agent.env.new $etc/agent.env
  fi
  chown root:root $etc/agent.env; chmod 600 $etc/agent.env
  [ -e $etc/restart-allowed ] || cat >$etc/restart-allowed <<'LIST'
# The services that HomelabCmd may restart on this server, one unit name a line.
# Written by `homelabcmd-agent allow` and `deny`, or by hand. Without a name here the agent only watches. Nothing on the
# network can change this file. ssh, the network, VPNs, dbus and systemd's own must be in restart-allowed-lockout as well.
LIST
}

start() {
  systemctl daemon-reload
  $lib/choose-logs $logs
  $lib/relax-sandbox
  systemctl --quiet enable homelabcmd-restart.socket homelabcmd-agent.service
  systemctl restart homelabcmd-restart.socket homelabcmd-agent.service
  # It looks within the hour: an installation is no time to keep a server busy.
  systemctl --quiet enable --now homelabcmd-updates.timer
}

# ---- what the agent says of itself, since it was started just now ---------------------------------------------------
words_of_agent() {
  journalctl -o cat "_SYSTEMD_INVOCATION_ID=$(systemctl show -p InvocationID --value homelabcmd-agent.service)" 2>/dev/null || true
}

wait_for_contact() {
  waited=0
  until [ -s /var/lib/homelabcmd/hub-key ] && words_of_agent | grep -q '"msg":"connected to the hub"'; do
    [ "$waited" -lt 150 ] || {
      words_of_agent | tail -n 5 >&2
      die 'the agent is installed, and has not reached the hub within 30 s; what it says stands above. It goes on trying: journalctl -u homelabcmd-agent -f'
    }
    sleep 0.2
    waited=$((waited + 1))
  done
}

main() {
  read_options "$@"
  [ "$mode" != kind ] || { kind_of_server; echo "$kind"; return; }
  [ "$(id -u)" = 0 ] || die 'run it as root'
  check_hub
  look_at_server
  [ -n "$agreed" ] && [ "$mode" != check ] || tell_server
  ask
  [ "$mode" != check ] || return 0
  take_program
  make_user
  put_files
  put_settings
  choose_services
  # shellcheck disable=SC2086
  [ -z "$allow" ] || $command allow -- $allow || die 'the agent is installed, and allows nothing more than before'
  start
  wait_for_contact
  echo 'HomelabCmd: this server is in. Look at the dashboard.'
  ! grep -q '^[^#]' $etc/restart-allowed || return 0
  echo 'The agent only watches. To let a service be restarted from the hub: sudo homelabcmd-agent allow plex'
}

main "$@"; exit
