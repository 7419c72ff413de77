#!/bin/sh
# Installs the HomelabCmd hub on this machine as a service of systemd, or brings an installed one up to date. Run it as
# root, from an unpacked release:
#
#   deploy/install-hub.sh
#
# The release is copied to /opt/homelabcmd-VERSION, and /opt/homelabcmd leads to it; earlier versions stay beside it, to go
# back to. Settings are in /etc/homelabcmd/homelabcmd.conf, and what is kept is in /var/lib/homelabcmd-hub: neither is changed
# by an update. The first time, an API key is made and printed at the end.
set -eu
umask 022
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
release=$(cd "$(dirname "$0")/.." && pwd)
place=/opt/homelabcmd
settings=/etc/homelabcmd/homelabcmd.conf
unit=homelabcmd-hub.service
user=homelabcmd-hub

die() { echo "install-hub: $*" >&2; exit 1; }

# ---- everything that can be wrong, before anything is changed ---------------------------------------------------
[ $# -eq 0 ] || { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "$0" >&2; exit 64; }
[ "$(id -u)" = 0 ] || die 'run it as root'
[ -d /run/systemd/system ] || die 'this machine was not started by systemd: see docs/install.md for other ways to run the hub'
for part in bin/homelabcmd package.json deploy/$unit; do
  [ -f "$release/$part" ] || die "$release is not an unpacked release: it lacks $part"
done
version=$(sed -n 's/^ *"version": *"\([0-9A-Za-z.+-]*\)".*/\1/p' "$release/package.json" | head -n 1)
[ -n "$version" ] || die "$release/package.json names no version"
[ -L $place ] || [ ! -e $place ] || die "$place is not ours: it is no link. Move it away, then run this again"
node=$release/lib/node
[ -x "$node" ] || node=$(command -v node) || die 'there is no Node.js: install 24.7 or later, then run this again'
"$node" -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 24 || (major === 24 && minor >= 7) ? 0 : 1)' ||
  die "the hub needs Node.js 24.7 or later, and $node is $("$node" --version)"

# ---- the user, which owns what is kept and nothing else ----------------------------------------------------------
getent group $user >/dev/null || groupadd --system $user
getent passwd $user >/dev/null ||
  useradd --system --gid $user --home-dir /var/lib/$user --no-create-home --shell /usr/sbin/nologin $user
setpriv --reuid=$user --regid=$user --clear-groups "$node" --version >/dev/null 2>&1 || [ "$node" = "$release/lib/node" ] ||
  die "the user $user cannot run $node: put a Node.js where every user can run it"

# ---- files: all of root; each step leaves what ran before able to run --------------------------------------------
target=$place-$version
if [ "$release" != "$(realpath -m "$target")" ]; then
  rm -rf "$target.new"
  cp -R --no-preserve=ownership,timestamps "$release" "$target.new"
  chmod -R u=rwX,go=rX "$target.new"
  rm -rf "$target"
  mv -T "$target.new" "$target"
fi
ln -sfn "$target" $place.new
mv -T $place.new $place
ln -sfn $place/bin/homelabcmd /usr/local/bin/homelabcmd
install -d -m 755 /etc/homelabcmd
new_key=
if [ ! -e $settings ]; then
  new_key=hlck_$(head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n')
  (umask 077; cat >$settings.new) <<SETTINGS
# The settings of the HomelabCmd hub; docs/configuration.md lists all. After a change: systemctl restart homelabcmd-hub
HOMELABCMD_DATA_DIR=/var/lib/homelabcmd-hub
# Whoever has this key may do everything. Another one in its place ends the sessions that were opened with it.
HOMELABCMD_API_KEY=$new_key
# The hub listens on this machine alone. To be reached by others, over https (docs/https.md):
#HOMELABCMD_HOST=0.0.0.0
#HOMELABCMD_PORT=8080
#HOMELABCMD_PUBLIC_URL=https://hub.example.org
SETTINGS
  chown root:$user $settings.new; chmod 640 $settings.new; mv $settings.new $settings
fi
install -m 644 $place/deploy/$unit /etc/systemd/system/$unit

systemctl daemon-reload
systemctl --quiet enable $unit
systemctl reset-failed $unit 2>/dev/null || true
systemctl restart $unit

# ---- it is installed when it answers -----------------------------------------------------------------------------
setting() { sed -n "s/^$1=//p" $settings | tail -n 1; }
host=$(setting HOMELABCMD_HOST) port=$(setting HOMELABCMD_PORT) path=$(setting HOMELABCMD_BASE_PATH)
case ${host:-127.0.0.1} in 0.0.0.0 | ::) host=127.0.0.1 ;; *:*) host="[$host]" ;; esac
scheme=https
case ${host:-127.0.0.1} in localhost | 127.* | '[::1]') scheme=http ;; esac
address=$scheme://${host:-127.0.0.1}:${port:-8080}${path%/}
waited=0
# Nothing secret is sent and nothing is believed but that it answers, so whose its certificate is does not matter here.
ask='const { get } = require(process.argv[1].startsWith("https:") ? "https" : "http");
get(process.argv[1], { rejectUnauthorized: false }, (answer) => process.exit(answer.statusCode === 200 ? 0 : 1)).on("error", () => process.exit(1));'
until "$node" -e "$ask" "$address/readyz"; do
  if [ "$waited" -ge 30 ] || [ "$(systemctl is-failed $unit || true)" = failed ]; then
    journalctl -u $unit -n 10 -o cat >&2 || true
    die "the hub is installed and does not answer at $address; what it says stands above"
  fi
  sleep 1
  waited=$((waited + 1))
done
echo "HomelabCmd $version runs at $address"
link=/var/lib/homelabcmd-hub/set-up-link
[ ! -s $link ] || echo "Make your account at $(cat $link)   (good once, and until the next start)"
[ -z "$new_key" ] || echo "The API key, for programs: $new_key   (it is in $settings, which root can read)"
