#!/bin/sh
# Installs the HomelabCmd agent from the hub that serves this script, or brings it up to date. The hub gives the whole
# line for it («Add server»); by hand, as root:
#
#   curl -fsS https://hub.example.org/agent/v1/install.sh | sudo sh -s -- --hub https://hub.example.org --token hlce_…
#
# Where the hub's certificate is from an authority of its own, --pin sha256//… says which key it has to be of, and no other
# is taken; the token says the same to the agent.
#
# It fetches the agent, its restart script and its units from the hub, checks each against the checksums below, and
# hands them to the installer. On a server without a Node.js 24 it takes the hub's own, where that can run. The agent only
# watches, until root on this server allows more. Run again, it updates: what is allowed and the agent's key stay.
#
# A shell runs what it reads as it comes. So all of this is functions, and only the last line does anything: of a script
# that breaks off on its way, nothing is run.
set -eu
umask 022
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
lib=/usr/local/lib/homelabcmd

die() { echo "homelabcmd: $*" >&2; exit 1; }

# ---- what can be wrong, before anything is fetched -----------------------------------------------------------------
read_options() {
  hub= token= pin= logs=
  while [ $# -gt 0 ]; do
    case $1 in
      --hub) hub=${2:-} ;;
      --token) token=${2:-} ;;
      --pin) pin=${2:-} ;;
      --logs) logs=${2:-} ;;
      *) die "there is no option $1: use --hub, --token, --pin and --logs, as in the line that the hub shows" ;;
    esac
    shift; [ $# -eq 0 ] || shift
  done
  hub=${hub%/}
  case $hub in
    https://*) ;;
    http://localhost | http://localhost[:/]* | http://127.* | 'http://[::1]'*) ;;
    http://*) die 'the hub is reached by https://: in clear anybody on the way could change what is installed' ;;
    *) die 'say where the hub is: --hub https://…' ;;
  esac
  case $pin in '' | sha256//*) ;; *) die 'the pin begins with sha256//' ;; esac
  case $token in hlce_*) ;; *) die 'a token that the hub made is needed: --token hlce_…' ;; esac
  case $hub$token$pin in *[!A-Za-z0-9:/._~+=\[\]-]*) die 'the hub, the token or the pin holds a character that does not belong there' ;; esac
}

check_machine() {
  [ "$(id -u)" = 0 ] || die 'run it as root: … | sudo sh'
  [ -d /run/systemd/system ] || die 'this machine was not started by systemd, so there is nothing that the agent could watch'
  for tool in sha256sum setpriv install useradd systemctl; do
    command -v "$tool" >/dev/null || die "this machine lacks the program $tool"
  done
  command -v curl >/dev/null || command -v wget >/dev/null || die 'this machine has neither curl nor wget'
}

# ---- fetching ------------------------------------------------------------------------------------------------------
# With a pin, the key decides and nothing else: that the authority is unknown here is why there is one.
fetch() {
  if command -v curl >/dev/null; then
    curl -fsS ${pin:+-k --pinnedpubkey "$pin"} --connect-timeout 15 -o "$2" "$1"
  else
    wget -q ${pin:+--no-check-certificate "--pinnedpubkey=$pin"} -T 60 -O "$2" "$1"
  fi
}

checksums() {
  cat <<'SUMS'
@CHECKSUMS@
SUMS
}

# Whether the file $2 is what the hub calls $1.
is_genuine() {
  expected=$(checksums | while read -r sum name; do [ "$name" != "$1" ] || echo "$sum"; done)
  [ -n "$expected" ] && [ -f "$2" ] && [ "$(sha256sum <"$2")" = "$expected  -" ]
}

get() {
  fetch "$hub/agent/v1/files/$1" "$folder/$1" || die "$1 could not be fetched from $hub: nothing was changed"
  is_genuine "$1" "$folder/$1" ||
    die "$1 arrived broken, or the hub was changed in the meantime: nothing was changed, run the line again"
}

# A Node.js of this server's own, if it is new enough and not hidden in somebody's home; otherwise the hub's.
choose_node() {
  node=$(command -v node || true)
  [ -z "$node" ] || is_recent "$node" || node=
  [ -z "$node" ] || return 0
  node=$lib/node
  [ -L $node ] || ! is_genuine node $node || return 0
  [ "$(uname -m)" = '@NODE_MACHINE@' ] ||
    die "this server is $(uname -m) and the hub is not, so the hub's Node.js cannot run here: install Node.js 24 or later, then run the line again"
  echo 'HomelabCmd: this server has no Node.js 24, so the one of the hub is installed for the agent alone'
  get node
  chmod 755 "$folder/node"
  "$folder/node" --version >/dev/null 2>&1 ||
    die "the hub's Node.js does not run here (an old or another C library?): install Node.js 24 or later, then run the line again"
  install -d -m 755 $lib
  install -m 755 "$folder/node" $lib/node.new
  mv -T $lib/node.new $lib/node
}

is_recent() {
  version=$(setpriv --reuid=65534 --regid=65534 --clear-groups "$1" --version 2>/dev/null) || return 1
  major=${version#v}; major=${major%%.*}
  [ "$major" -ge 24 ] 2>/dev/null
}

# ---- what the agent says of itself, since it was started just now ---------------------------------------------------
words_of_agent() {
  journalctl -o cat "_SYSTEMD_INVOCATION_ID=$(systemctl show -p InvocationID --value homelabcmd-agent.service)" 2>/dev/null || true
}

wait_for_contact() {
  waited=0
  until [ -s /var/lib/homelabcmd/hub-key ] && words_of_agent | grep -q '"msg":"connected to the hub"'; do
    [ "$waited" -lt 30 ] || {
      words_of_agent | tail -n 5 >&2
      die 'the agent is installed, and has not reached the hub within 30 s; what it says stands above. It goes on trying: journalctl -u homelabcmd-agent -f'
    }
    sleep 1
    waited=$((waited + 1))
  done
}

main() {
  read_options "$@"
  check_machine
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  trap 'exit 130' HUP INT TERM
  echo "HomelabCmd: fetching the agent from $hub"
  for file in install-agent.sh uninstall-agent.sh restart-service homelabcmd-restart.socket \
    'homelabcmd-restart@.service' homelabcmd-agent.service read-journal choose-logs relax-sandbox homelabcmd-journal.socket \
    'homelabcmd-journal@.service' agent.mjs; do
    get "$file"
  done
  choose_node
  HOMELABCMD_HUB_URL=$hub HOMELABCMD_ENROLMENT_TOKEN=$token \
    sh "$folder/install-agent.sh" --node "$node" --agent "$folder/agent.mjs" ${logs:+--logs "$logs"}
  wait_for_contact
  echo 'HomelabCmd: this server is in. Look at the dashboard.'
  ! grep -q '^[^#]' /etc/homelabcmd/restart-allowed || return 0
  echo 'The agent only watches. To let a service be restarted from the hub, write its name into the list on this server:'
  echo "  echo 'plex.service' | sudo tee -a /etc/homelabcmd/restart-allowed"
}

main "$@" </dev/null; exit
