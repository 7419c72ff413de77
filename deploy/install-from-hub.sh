#!/bin/sh
# Installs the HomelabCmd agent from the hub that serves this script, or brings it up to date. The hub gives the whole
# line for it («Add server»); by hand, as root:
#
#   curl -fsS https://hub.example.org/agent/v1/install.sh | sudo sh -s -- --hub https://hub.example.org --token hlce_...
#
# Where the hub's certificate is from an authority of its own, --pin sha256//... says which key it has to be of, and no other
# is taken; the token says the same to the agent. Every other option is the installer's: --yes, --allow plex.service.
# --uninstall takes all of it away again.
#
# It fetches a release of the agent from the hub and checks each file against the checksums below, which is how a download
# that broke is found. The release's own signature is checked by the agent, against the key that this server knows from
# its first installation on. The first time, this hub is trusted: see «by hand» in docs/first-server.md.
#
# A shell runs what it reads as it comes. So all of this is functions, and only the last line does anything: of a script
# that breaks off on its way, nothing is run.
set -euf
umask 022
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

die() { echo "homelabcmd: $*" >&2; exit 1; }

# ---- what can be wrong, before anything is fetched -----------------------------------------------------------------
# The installer's own options are kept as words for a shell; none of them may hold what a shell would take for more.
read_options() {
  hub= token= pin= uninstall= rest=
  while [ $# -gt 0 ]; do
    case $1 in
      --hub) hub=${2:-} ;;
      --token) token=${2:-} ;;
      --pin) pin=${2:-} ;;
      --allow | --logs) rest="$rest $1 ${2:-}" ;;
      --yes) rest="$rest --yes"; shift; continue ;;
      --uninstall) uninstall=1; shift; continue ;;
      *) die "there is no option $1: use --hub, --token and --pin, as in the line that the hub shows, and --yes, --allow, --logs or --uninstall" ;;
    esac
    shift; [ $# -eq 0 ] || shift
  done
  [ -z "$uninstall" ] || return 0
  hub=${hub%/}
  case $hub in
    https://*) ;;
    http://localhost | http://localhost[:/]* | http://127.* | 'http://[::1]'*) ;;
    http://*) die 'the hub is reached by https://: in clear anybody on the way could change what is installed' ;;
    *) die 'say where the hub is: --hub https://...' ;;
  esac
  case $pin in '' | sha256//*) ;; *) die 'the pin begins with sha256//' ;; esac
  case $token in hlce_*) ;; *) die 'a token that the hub made is needed: --token hlce_...' ;; esac
  case $hub$token$pin in *[!A-Za-z0-9:/._~+=\[\]-]*) die 'the hub, the token or the pin holds a character that does not belong there' ;; esac
  case $rest in *[!A-Za-z0-9:_.,\\@\ -]*) die 'an option holds a character that does not belong there' ;; esac
}

check_machine() {
  [ "$(id -u)" = 0 ] || die 'run it as root: ... | sudo sh'
  command -v sha256sum >/dev/null || die 'this machine lacks the program sha256sum'
  command -v curl >/dev/null || command -v wget >/dev/null || die 'this machine has neither curl nor wget'
}

# ---- fetching ------------------------------------------------------------------------------------------------------
# With a pin, the key decides and nothing else: that the authority is unknown here is why there is one.
# $1 goes into the file $2; with a third word, a terminal is shown how far it is.
fetch() {
  if command -v curl >/dev/null; then
    if [ -n "${3:-}" ] && [ -t 2 ]; then set -- "$1" "$2" -f#; else set -- "$1" "$2" -fsS; fi
    curl "$3" ${pin:+-k --pinnedpubkey "$pin"} --connect-timeout 15 -o "$2" "$1"
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
  fetch "$hub/agent/v1/files/$1" "$folder/$1" "${2:-}" || die "$1 could not be fetched from $hub: nothing was changed"
  is_genuine "$1" "$folder/$1" ||
    die "$1 arrived broken, or the hub was changed in the meantime: nothing was changed, run the line again"
}

# The agent of another kind is for other servers.
get_rest() {
  program=homelabcmd-agent-$kind.gz
  checksums | grep -q " $program\$" ||
    die "this hub has no agent for $kind: run npm run build:agent where the hub is, or install the hub from a release. Nothing was changed"
  for name in $(checksums | sed 's/^[^ ]* *//'); do
    case $name in install-agent.sh | homelabcmd-agent-*.gz) continue ;; esac
    get "$name"
  done
  echo "HomelabCmd: fetching the agent for $kind, some 55 MB"
  get "$program" shown
}

uninstall() {
  local=/usr/local/lib/homelabcmd/uninstall-agent.sh
  [ -e $local ] || { echo 'There is no agent on this server.'; return 0; }
  sh $local --purge
}

main() {
  read_options "$@"
  check_machine
  [ -z "$uninstall" ] || { uninstall; return; }
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  trap 'exit 130' HUP INT TERM
  get install-agent.sh
  export HOMELABCMD_HUB_URL="$hub" HOMELABCMD_ENROLMENT_TOKEN="$token"
  kind=$(sh "$folder/install-agent.sh" --kind)
  # shellcheck disable=SC2086
  sh "$folder/install-agent.sh" --check $rest
  get_rest
  # shellcheck disable=SC2086
  sh "$folder/install-agent.sh" --agreed $rest
}

main "$@" </dev/null; exit
