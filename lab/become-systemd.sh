#!/bin/bash
# Runs inside the fresh namespaces that boot-server.sh made: builds the server's file system out of this machine's,
# read-only below and the server's own above, and becomes its systemd. Nothing that it mounts is seen outside.
#   become-systemd.sh DIR NAME [--etc DIR] [--bind SRC DST ro|rw]... [--boot-id FILE] [--disk DIR] [--address IP] [--no-mounts]
set -euo pipefail
dir=$1 name=$2; shift 2
etc= boot_id= disk= address= no_mounts= binds=()
while [ $# -gt 0 ]; do case $1 in
  --etc) etc=$2; shift 2 ;;
  --boot-id) boot_id=$2; shift 2 ;;
  --disk) disk=$2; shift 2 ;;
  --address) address=$2; shift 2 ;;
  --no-mounts) no_mounts=1; shift ;;
  --bind) binds+=("$2" "$3" "$4"); shift 4 ;;
  *) echo "become-systemd.sh does not know '$1'"; exit 1 ;;
esac; done

# /proc is still the machine's: what it calls us is our PID on this machine
read -r pid_outside _ </proc/self/stat
echo "$pid_outside" >"$dir/pid.new"; mv "$dir/pid.new" "$dir/pid"

mount --make-rprivate /
mount -t tmpfs -o mode=755,size=2g tmpfs "$dir/root"
top=$dir/root; root=$top/root; mkdir "$root"
above=${disk:-$top}
first_boot=1; [ ! -d "$above/upper" ] || first_boot=
mkdir -p "$above/upper" "$above/work"
mount -t overlay overlay -o "lowerdir=/,upperdir=$above/upper,workdir=$above/work" "$root" ||
  { echo "No overlay can be made on $above: give a folder on a plain file system, such as ext4 or tmpfs"; exit 1; }

# ---- kernel interfaces: nothing here can change the machine -----------------------------------------------------
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"; mount -o remount,bind,ro "$root/proc/sys"
[ -z "$boot_id" ] || mount --bind "$boot_id" "$root/proc/sys/kernel/random/boot_id"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755,nosuid tmpfs "$root/dev"
for node in null zero full random urandom tty; do : >"$root/dev/$node"; mount --bind "/dev/$node" "$root/dev/$node"; done
: >"$root/dev/console"; mount --bind "$dir/console.log" "$root/dev/console"
mkdir "$root/dev/pts" "$root/dev/shm" "$root/dev/mqueue"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"; ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"; ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"; ln -s /proc/self/fd/2 "$root/dev/stderr"
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/dev/shm"
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs "$root/run"
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/tmp"
# the one mount without which a systemd of Debian's does not begin
[ -z "$no_mounts" ] || { mkdir "$root/run/lock"; mount -t tmpfs -o mode=1777,nosuid,nodev,noexec tmpfs "$root/run/lock"; }

# ---- a quiet server: none of this machine's services, timers, networks, nor its own HomelabCmd -----------------
vendor=$root/usr/lib/systemd; [ -d "$vendor/system" ] || vendor=$root/lib/systemd
units=$root/etc/systemd/system
wanted='systemd-journald.service systemd-journald.socket systemd-journald-dev-log.socket systemd-journal-flush.service
  systemd-tmpfiles-setup.service dbus.service dbus.socket dbus-broker.service'
quieten() {
  rm -rf "$units"/*.wants "$units"/*.requires "$root"/etc/systemd/{system,journald}.conf.d "$units"/homelabcmd-* \
    "$root/etc/homelabcmd" "$root/usr/local/lib/homelabcmd" "$root"/var/lib/homelabcmd*
  rm -f "$root/.dockerenv" # or some programs take the server for a container of that kind
  mkdir -p "$units/multi-user.target.wants" "$root"/etc/systemd/{system,journald}.conf.d "$root/etc/systemd/system-generators"
  local file
  for file in "$vendor"/system-generators/*; do ln -sf /dev/null "$root/etc/systemd/system-generators/${file##*/}"; done
  for file in "$vendor"/system/*.wants/*; do
    case " ${wanted//$'\n'/ } " in *" ${file##*/} "*) continue ;; esac
    case $file in *.target) ;; *) ln -sf /dev/null "$units/${file##*/}" ;; esac
  done
  # started on demand over the bus; they would manage the machine, or answer differently where they are not installed
  for file in polkit systemd-logind systemd-networkd systemd-resolved systemd-timesyncd; do ln -sf /dev/null "$units/$file.service"; done
  ln -sf "${vendor#"$root"}/system/dbus.service" "$units/multi-user.target.wants/dbus.service"
  printf '[Manager]\nDefaultTimeoutStopSec=5s\n' >"$root/etc/systemd/system.conf.d/lab.conf"
  printf '[Journal]\nStorage=%s\nRuntimeMaxUse=32M\nSystemMaxUse=64M\nForwardToSyslog=no\n' \
    "$([ -n "$disk" ] && echo persistent || echo volatile)" >"$root/etc/systemd/journald.conf.d/lab.conf"
}
identify() {
  echo "$name" >"$root/etc/hostname"
  printf '127.0.0.1 localhost\n::1 localhost\n127.0.1.1 %s\n' "$name" >"$root/etc/hosts"
  printf %s "$dir" | md5sum | cut -c1-32 >"$root/etc/machine-id"
  : >"$root/etc/fstab"
}
if [ -n "$first_boot" ]; then
  quieten; identify
  [ -z "$etc" ] || cp -a "$etc/." "$root/etc/"
fi
echo "$name" >/proc/sys/kernel/hostname
set -- "${binds[@]}"
while [ $# -gt 0 ]; do
  if [ -d "$1" ]; then mkdir -p "$root$2"; else mkdir -p "$(dirname "$root$2")"; [ -e "$root$2" ] || : >"$root$2"; fi
  mount --bind "$1" "$root$2"; [ "$3" = rw ] || mount -o remount,bind,ro "$root$2"
  shift 3
done

if [ -n "$address" ]; then
  for ((i = 0; i < 500; i++)); do ip link show eth0 >/dev/null 2>&1 && break; sleep 0.01; done
  ip link set lo up; ip addr add "$address/24" dev eth0; ip link set eth0 up; ip route add default via "${address%.*}.1"
fi

systemd=(/lib/systemd/systemd --system --unit=multi-user.target --log-target=journal --log-level=info --show-status=no)
[ -z "$no_mounts" ] || systemd=(perl -e "$(cat "${BASH_SOURCE[0]%/*}/deny-mounts.pl")" "${systemd[@]}")
cd "$root"; mkdir -p .machine; pivot_root . .machine
# PID 1 logs to the journal at `info`, as on a real server: the lines about services come from there
exec env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 /bin/sh -c 'umount -l /.machine; rmdir /.machine
  exec "$@"' sh "${systemd[@]}"
