#!/bin/sh
# Removes the HomelabCmd agent from this server. Run it as root.
#
#   uninstall-agent.sh [--purge]
#
# Services that the agent watched are not touched, and a restart that is under way runs to its end. What stays is the
# lists of what may be restarted and whose journal lines are shown (/etc/homelabcmd) and the record of what was restarted
# (/var/lib/homelabcmd-orders, /var/lib/homelabcmd-runs); --purge removes these too. In the hub, the server stays until it is removed there.
set -eu
lib=/usr/local/lib/homelabcmd
etc=/etc/homelabcmd
command=/usr/local/sbin/homelabcmd-agent

lists='restart-allowed restart-allowed-lockout limits approvers probe-targets logs logs-watched'

die() { echo "uninstall-agent: $*" >&2; exit 1; }

remove_agent() {
  purge=
  case "$#:${1:-}" in
    0:) ;;
    1:--purge) purge=1 ;;
    *) die 'there is no option but --purge' ;;
  esac
  [ "$(id -u)" = 0 ] || die 'run it as root'

  for unit in homelabcmd-agent.service homelabcmd-restart.socket homelabcmd-journal.socket homelabcmd-updates.timer; do
    [ ! -e "/etc/systemd/system/$unit" ] || systemctl --quiet disable --now "$unit"
  done
  [ ! -e /etc/systemd/system/homelabcmd-updates.service ] || systemctl stop homelabcmd-updates.service
  (cd /etc/systemd/system &&
    rm -rf homelabcmd-agent.service homelabcmd-agent.service.d homelabcmd-restart.socket 'homelabcmd-restart@.service' \
      'homelabcmd-restart@.service.d' homelabcmd-journal.socket 'homelabcmd-journal@.service' 'homelabcmd-journal@.service.d' \
      homelabcmd-updates.timer homelabcmd-updates.service homelabcmd-updates.service.d)
  systemctl daemon-reload
  [ ! -L $command ] || [ "$(readlink $command)" != $lib/homelabcmd-agent ] || rm -f $command
  rm -rf $lib /var/lib/homelabcmd /var/lib/homelabcmd-updates /run/homelabcmd
  rm -f $etc/agent.env $etc/agent.env.new $etc/release-key.pem
  [ -z "$purge" ] || rm -rf /var/lib/homelabcmd-orders /var/lib/homelabcmd-runs
  # The hub's own settings may be there too.
  [ -z "$purge" ] || [ ! -d $etc ] || (cd $etc && rm -f $lists)
  [ ! -d $etc ] || rmdir --ignore-fail-on-non-empty $etc
  ! getent passwd homelabcmd >/dev/null || userdel homelabcmd
  ! getent passwd homelabcmd-journal >/dev/null || userdel homelabcmd-journal
  ! getent group homelabcmd >/dev/null || groupdel homelabcmd
  echo 'The agent is removed. Remove the server in the hub too, so that nobody waits for it.'
  if [ -z "$purge" ] && [ -e $etc/restart-allowed ]; then
    echo "Kept: the lists in $etc, /var/lib/homelabcmd-orders and /var/lib/homelabcmd-runs; --purge would have removed them."
  fi
}

# It removes the file that it is read from, so it is read to its end before it begins.
remove_agent "$@"; exit
