#!/bin/bash
# Boots real systemd servers, each PID 1 of its own namespaces, on this machine. Needs root.
#
#   check                     prints in one sentence why this machine cannot do it, and fails; silent when it can
#   start RUN NAME [options]  boots a server and waits until it is up
#       --network             its own network behind a bridge (otherwise it shares this machine's network, loopback too)
#       --uptime              how long it has been up is counted from its own boot, not from this machine's
#       --etc DIR             DIR is copied over its /etc
#       --bind SRC DST ro|rw  a file or folder of this machine, seen inside as DST
#       --boot-id FILE        seen inside as the kernel's boot id, which is otherwise the same for all and for ever
#       --disk DIR            what it writes is kept in DIR and is there at the next start (otherwise it is lost)
#       --no-mounts           nothing in it can mount, its systemd neither: like a container without nesting. Needs perl
#   stop RUN NAME [--power-off]   pulls the plug, or lets systemd shut down
#   close RUN                 stops every server of the run and removes all that the run made
#   guard RUN                 waits for the end of its stdin, then closes the run: whoever holds the other end may die as it likes
#   sweep FOLDER              closes the runs in FOLDER whose owner has gone
#
# RUN is a folder; its last part is the run id, which is part of every name outside it: cgroup, bridge, veth.
# A network namespace has no name: it ends with its server.
set -euo pipefail
export PATH=$PATH:/usr/sbin:/sbin
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")

die() { echo "lab: $*" >&2; exit 1; }

cgroup2_mount() {
  local dir
  for dir in /sys/fs/cgroup /sys/fs/cgroup/unified; do
    if [ "$(stat -fc %T "$dir" 2>/dev/null)" = cgroup2fs ]; then echo "$dir"; return; fi
  done
  return 1
}

problem() {
  local command mount
  [ "$(id -u)" = 0 ] || { echo "A lab needs root, because it makes namespaces and mounts."; return; }
  for command in unshare nsenter setsid flock mount umount pivot_root; do
    command -v "$command" >/dev/null || { echo "The command $command is missing: install util-linux."; return; }
  done
  [ -x /usr/lib/systemd/systemd ] || [ -x /lib/systemd/systemd ] || { echo "There is no systemd here: install systemd."; return; }
  [ -e /usr/lib/systemd/system/dbus.service ] || [ -e /lib/systemd/system/dbus.service ] || { echo "There is no system bus here: install dbus."; return; }
  mount=$(cgroup2_mount) || { echo "No cgroup2 file system is mounted at /sys/fs/cgroup or /sys/fs/cgroup/unified."; return; }
  if ! mkdir "$mount/homelabcmd-lab-probe.$$" 2>/dev/null; then echo "The cgroup2 file system at $mount cannot be written to."; return; fi
  rmdir "$mount/homelabcmd-lab-probe.$$"
  grep -qw overlay /proc/filesystems || modprobe overlay 2>/dev/null || { echo "The kernel has no overlay file system."; return; }
  unshare --mount --pid --fork --ipc --uts --cgroup true 2>/dev/null || echo "New namespaces are not permitted here (in a container, run it privileged)."
}

# ---- names ----------------------------------------------------------------------------------------------------
use_run() {
  RUN=$(realpath -m "$1"); ID=${RUN##*/}
  [[ $ID =~ ^[a-z0-9]{4,8}$ ]] || die "a run id is 4 to 8 lower-case letters and digits, not '$ID'"
  CGROUP=$(cgroup2_mount)/homelabcmd-lab-$ID; BRIDGE=hlbr$ID
}
use_server() {
  NAME=$1; DIR=$RUN/$NAME
  [[ $NAME =~ ^[a-z0-9][a-z0-9-]{0,62}$ ]] || die "a server's name is lower-case letters, digits and hyphens, not '$NAME'"
}
alive() { [ -s "$DIR/pid" ] && kill -0 "$(cat "$DIR/pid")" 2>/dev/null; }

# ---- network --------------------------------------------------------------------------------------------------
# A link-local address comes a second after its interface is up, and then each browser on this machine drops what it is loading.
without_ipv6() { ip link set "$1" addrgenmode none; }
# One lock for all runs: two that start together must not choose the same addresses.
make_bridge() {
  local try net
  command -v ip >/dev/null || die "a server with its own network needs the command ip: install iproute2"
  exec 8<"$RUN/.."; flock 8
  if [ ! -s "$RUN/subnet" ]; then
    for ((try = 0; ; try++)); do
      [ $try -lt 100 ] || die "no free network among 10.200.0.0 to 10.249.255.0"
      net=10.$((200 + RANDOM % 50)).$((RANDOM % 256))
      [ -n "$(ip -4 route show match "$net.1" | grep -v ^default || true)" ] || break
    done
    ip link add "$BRIDGE" type bridge; without_ipv6 "$BRIDGE"; ip addr add "$net.1/24" dev "$BRIDGE"; ip link set "$BRIDGE" up
    echo "$net" >"$RUN/subnet"
  fi
  if [ ! -s "$DIR/address" ]; then
    local last; last=$(($(cat "$RUN/last-address" 2>/dev/null || echo 1) + 1))
    [ $last -lt 255 ] || die "a run has room for 253 servers with their own network"
    echo $last >"$RUN/last-address"
    echo "hlv$ID$last" >"$DIR/veth"; echo "$(cat "$RUN/subnet").$last" >"$DIR/address"
  fi
  exec 8>&-
}

# ---- start ----------------------------------------------------------------------------------------------------
start() {
  local network= uptime= inside=() launcher pid state= i
  while [ $# -gt 0 ]; do case $1 in
    --network) network=1; shift ;;
    --uptime) read -r uptime _ </proc/uptime; uptime=${uptime%%.*}; shift ;;
    --no-mounts) command -v perl >/dev/null || die "a server that mounts nothing needs the command perl"; inside+=(--no-mounts); shift ;;
    --etc | --boot-id | --disk) inside+=("$1" "$(realpath "$2")"); shift 2 ;;
    --bind) inside+=(--bind "$(realpath "$2")" "$3" "$4"); shift 4 ;;
    *) die "start does not know '$1'" ;;
  esac; done
  [ -d "$RUN" ] || die "there is no run $RUN"
  # shared: starts may overlap one another, but not the closing of the run
  exec 9>"$RUN/lock"; flock -s 9
  mkdir -p "$DIR/root" "$CGROUP/$NAME" "$CGROUP/launchers"
  alive && die "$NAME runs already"
  rm -f "$DIR/pid"
  for i in memory pids cpu; do echo "+$i" >"$CGROUP/cgroup.subtree_control" || true; done 2>/dev/null
  # each systemd with its bus and units takes about six; the kernel's default of 128 is soon used up
  [ "$(cat /proc/sys/fs/inotify/max_user_instances)" -ge 8192 ] || echo 8192 >/proc/sys/fs/inotify/max_user_instances
  if [ -n "$network" ]; then make_bridge; inside+=(--address "$(cat "$DIR/address")"); fi
  # It enters its cgroup first, so that its cgroup namespace is rooted there.
  setsid bash -c 'echo $$ >"$1/cgroup.procs"; shift; exec "$@"' - "$CGROUP/$NAME" \
    unshare --mount --pid --fork --kill-child --ipc --uts --cgroup ${network:+--net} ${uptime:+--time --boottime "-$uptime"} \
    --propagation private -- bash "$here/become-systemd.sh" "$DIR" "$NAME" "${inside[@]}" </dev/null >"$DIR/console.log" 2>&1 9>&- &
  launcher=$!
  for ((i = 0; i < 500; i++)); do [ -s "$DIR/pid" ] && break; kill -0 $launcher 2>/dev/null || break; sleep 0.01; done
  pid=$(cat "$DIR/pid" 2>/dev/null) || { cat "$DIR/console.log" >&2; die "$NAME did not start"; }
  # a process left in the root of its cgroup would keep systemd from handing out controllers
  echo $launcher >"$CGROUP/launchers/cgroup.procs"
  if [ -n "$network" ]; then
    ip link add "$(cat "$DIR/veth")" type veth peer name eth0 netns "$pid"
    without_ipv6 "$(cat "$DIR/veth")"
    ip link set "$(cat "$DIR/veth")" master "$BRIDGE" up
  fi
  for ((i = 0; i < 1500; i++)); do
    kill -0 "$pid" 2>/dev/null || { tail -20 "$DIR/console.log" >&2; die "$NAME ended while it was starting"; }
    if [ -S "/proc/$pid/root/run/systemd/private" ] && [ -S "/proc/$pid/root/run/dbus/system_bus_socket" ]; then
      state=$(timeout -k 1 5 nsenter -t "$pid" -m -p -C -r -w systemctl is-system-running 2>/dev/null || true)
      case $state in running | degraded) return ;; esac
    fi
    sleep 0.02
  done
  die "$NAME is not up: systemd says '$state'"
}

# ---- stop -----------------------------------------------------------------------------------------------------
stop() {
  local pid i
  if alive; then
    pid=$(cat "$DIR/pid")
    if [ "${1:-}" = --power-off ]; then
      kill -s RTMIN+4 "$pid"
      for ((i = 0; i < 1500; i++)); do kill -0 "$pid" 2>/dev/null || break; sleep 0.01; done
    fi
    freeze
    kill -9 "$pid" 2>/dev/null || true # the kernel ends every process of a PID namespace with its first
    for ((i = 0; i < 500; i++)); do kill -0 "$pid" 2>/dev/null || break; sleep 0.01; done
  fi
  rm -f "$DIR/pid"
  if [ -s "$DIR/veth" ]; then ip link del "$(cat "$DIR/veth")" 2>/dev/null || true; fi
  remove_cgroup "$CGROUP/$NAME"
}
# Without power everything ends in the same instant: nothing may see the rest of its server go, and still act on it.
freeze() {
  local i
  [ -e "$CGROUP/$NAME/cgroup.freeze" ] || return 0
  echo 1 >"$CGROUP/$NAME/cgroup.freeze"
  for ((i = 0; i < 100; i++)); do grep -q '^frozen 1' "$CGROUP/$NAME/cgroup.events" && return; sleep 0.01; done
}
remove_cgroup() {
  local i
  [ ! -e "$1/cgroup.kill" ] || echo 1 >"$1/cgroup.kill" # one that was still on its way to becoming a server
  for ((i = 0; i < 250; i++)); do
    [ -d "$1" ] || return 0
    find "$1" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.02
  done
  echo "lab: cannot remove the cgroup $1" >&2 || true
}

close_run() {
  local server
  if [ -d "$RUN" ]; then
    exec 9>"$RUN/lock"; flock 9
    for server in "$RUN"/*/; do [ -d "$server/root" ] && (use_server "$(basename "$server")"; stop); done
    [ ! -s "$RUN/subnet" ] || ip link del "$BRIDGE" 2>/dev/null || true
    remove_cgroup "$CGROUP"
    rm -rf --one-file-system "$RUN"
    rmdir "$(dirname "$RUN")" 2>/dev/null || true
  fi
}

# The owner is named by PID and start time: a PID alone may be someone else's by now.
owner_lives() {
  local pid started stat
  read -r pid started <"$1/owner" || return 1
  stat=$(cat "/proc/$pid/stat" 2>/dev/null) || return 1
  set -- ${stat##*) }
  [ "${20}" = "$started" ]
}

command=${1:-}; [ $# -eq 0 ] || shift
case $command in
  check) why=$(problem); [ -z "$why" ] || { echo "$why"; exit 1; } ;;
  start) use_run "$1"; use_server "$2"; shift 2; start "$@" ;;
  stop) use_run "$1"; use_server "$2"; shift 2; stop "$@" ;;
  close) use_run "$1"; close_run ;;
  guard) trap '' INT TERM HUP PIPE; use_run "$1"; cat >/dev/null; close_run ;;
  sweep) for run in "$1"/*/; do [ -s "$run/owner" ] && ! owner_lives "$run" && (use_run "$run"; close_run); done; true ;;
  *) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; exit 2 ;;
esac
