import { type Arsenal, order, orders, type Way, type Ways } from './way.ts';

/** An order that is as it should be, for a target of this name. */
const named = (name: string | ((arsenal: Arsenal) => string)): Way =>
  orders((arsenal) =>
    order(arsenal, { target: `systemd:${typeof name === 'string' ? name : name(arsenal)}` }),
  );

const CHARACTERS = [
  ...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:_.\\@-'.split(''),
  ...' \t\n\r\0*?[]{}()<>|&;$`\'"!#%^~=+,/'.split(''),
  ...['é', 'ß', '\u202e', '\ufeff', '\u200b', '．', '💥', '\ud800', '\u0085', '\u2028'],
] as [string, ...string[]];
const drawn = ({ chance }: Arsenal, most: number): string =>
  Array.from({ length: 1 + chance.below(most) }, () => chance.pick(CHARACTERS)).join('');

/** A listed name, with something of the attacker's in it. */
const bent = (arsenal: Arsenal): string => {
  const name = arsenal.chance.pick(['media.service', 'web.service', 'db.service']);
  const place = arsenal.chance.below(name.length + 1);
  return name.slice(0, place) + arsenal.chance.pick(CHARACTERS) + name.slice(place);
};

/** By the name of what is asked for. */
export const NAME_WAYS: Ways = {
  'a unit that nobody has listed': named(({ chance }) => `${chance.pick(['db', 'mail', 'secret'])}.service`),
  'a unit by an alias': named('database.service'),
  'an allowed unit by an alias': named('films.service'),
  'a masked unit': named('masked.service'),
  'a unit that is not there': named('missing.service'),
  'a unit that locks people out': named('ssh.service'),
  'a unit of systemd': named(
    ({ chance }) => `${chance.pick(['systemd-journald', 'dbus', 'user@0'])}.service`,
  ),
  'a unit of the product': named(({ chance }) => `homelabcmd-${chance.pick(['agent', 'restart@1'])}.service`),
  'an instance of a template': named(({ chance }) => `worker@${chance.below(100)}.service`),
  'a template': named('worker@.service'),
  'a timer': named('timed.timer'),
  'a socket': named('plug.socket'),
  'a target': named(({ chance }) => `${chance.pick(['reboot', 'rescue', 'poweroff', 'emergency'])}.target`),
  'another type': named(
    ({ chance }) => `db.${chance.pick(['mount', 'path', 'slice', 'scope', 'swap', 'device'])}`,
  ),
  'a pattern': named(({ chance }) =>
    chance.pick(['*', '*.service', 'd?.service', '[a-z]*.service', '{db,mail}.service']),
  ),
  'an option': named(({ chance }) =>
    chance.pick(['--version', '--all.service', '-H.service', '--root=/tmp.service', '--', '-.service']),
  ),
  'a path': named(({ chance }) =>
    chance.pick([
      '/etc/systemd/system/db.service',
      '../db.service',
      './db.service',
      '..',
      '/',
      '/dev/null.service',
    ]),
  ),
  'a command': named(({ chance }) =>
    chance.pick([
      '$(reboot).service',
      '`id`.service',
      'media.service;reboot',
      'media.service && reboot',
      '|sh',
    ]),
  ),
  'two units': named('media.service db.service'),
  'two lines': named('media.service\nrestart 019b0000-0000-7000-8000-000000000000 db.service'),
  'a NUL': named('db.service\0media.service'),
  'other letters': named(({ chance }) =>
    chance.pick(['dЬ.service', 'ｄｂ.service', 'media\u200b.service', 'MEDIA.SERVICE', 'media.ſervice']),
  ),
  'an escape': named(({ chance }) =>
    chance.pick(['d\\x62.service', '\\x64b.service', 'db\\.service', 'media\\x2f.service']),
  ),
  'a long name': named(({ chance }) => `${'d'.repeat(chance.pick([247, 248, 254, 255, 256, 280]))}.service`),
  'no name': named(({ chance }) => chance.pick(['', '.service', '.', 'service', '@.service', ' '])),
  'another system': orders((arsenal) =>
    order(arsenal, {
      target: `${arsenal.chance.pick(['docker', 'SYSTEMD', 'systemd ', '', 'user'])}:db.service`,
    }),
  ),
  'no system': orders((arsenal) => order(arsenal, { target: 'db.service' })),
  'a drawn name': named((arsenal) => drawn(arsenal, 40)),
  'a drawn unit': named((arsenal) => `${drawn(arsenal, 20)}.service`),
  'a bent name': named(bent),
};
