import type { Why } from '@homelabcmd/protocol';
import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { AT, aFailedService, aWhy } from '../../testing/things.ts';
import { WhyPanel } from './why-panel.tsx';

const show = (why: Why, over: Parameters<typeof aFailedService>[0] = {}) =>
  render(<WhyPanel service={aFailedService({ why, ...over })} why={why} />);

/** What stands beside a term. */
const fact = (term: string) => screen.getByText(term).nextElementSibling?.textContent;

const byExit = (exit_code: number, over: Partial<Why> = {}) =>
  aWhy({ result: 'exit-code', exit_code, signal: null, signal_name: null, ...over });

test.each<[string, Why, string]>([
  ['a signal', aWhy(), 'Its main process was ended by SIGKILL.'],
  ['memory', aWhy({ result: 'oom-kill', oom: true }), 'It ran out of memory.'],
  ['an exit code', byExit(78), 'Its main process ended with exit code 78.'],
  [
    'the start limit',
    byExit(1, { start_limit_hit: true }),
    'It failed too often in a short time, so systemd gave up on it.',
  ],
  [
    'a time limit',
    byExit(0, { result: 'timeout' }),
    'It did not start or stop in the time that it is given.',
  ],
  ['a dependency', byExit(0, { result: 'dependency' }), 'A unit that it depends on did not start.'],
  ['nothing wrong', byExit(0, { result: 'success' }), 'It stopped without an error.'],
  ['a word of systemd that is new', byExit(0, { result: 'new-word' }), 'systemd says: new-word.'],
])('%s is told in one sentence, with the word of systemd below', (_, why, sentence) => {
  show(why);
  expect(screen.getByText(sentence)).toBeVisible();
  expect(fact('Result')).toBe(why.result);
});

test('a signal is shown with its number and name, an exit code with its number', () => {
  const { unmount } = show(aWhy());
  expect(fact('Signal')).toBe('9 SIGKILL');
  expect(screen.queryByText('Exit code')).toBeNull();
  unmount();
  show(byExit(78));
  expect(fact('Exit code')).toBe('78');
});

test.each([
  [{ will_retry: true, restart_setting: 'always' }, 'will start it again: Restart=always'],
  [{ will_retry: false, restart_setting: 'no' }, 'will not retry: Restart=no'],
  [{ start_limit_hit: true }, 'gave up: the start limit is used up'],
])('it says whether systemd tries again: %o', (over, words) => {
  show(aWhy(over));
  expect(fact('systemd')).toBe(words);
});

test('it shows how long it ran, how much memory it had, and the last eight lines as text', () => {
  const journal = Array.from({ length: 10 }, (_, at) => ({
    at: AT,
    identifier: 'plex',
    pid: 7,
    priority: at === 9 ? 3 : 6,
    message: `line ${at} <b>not markup</b>`,
  }));
  show(aWhy({ memory_peak_bytes: 3.9 * 2 ** 30, journal }));
  expect(fact('Ran for')).toBe('33 min');
  expect(fact('Memory peak')).toBe('3.9 GiB');
  const lines = screen.getByRole('group', { name: 'Journal of plex' }).textContent?.split('\n');
  expect(lines).toHaveLength(8);
  expect(lines?.[7]).toBe('09:36:12.408 plex[7]: line 9 <b>not markup</b>');
  expect(screen.getByText('line 9 <b>not markup</b>').tagName).toBe('EM');
});

test('a crash loop is warned of', () => {
  show(byExit(1, { will_retry: true }), { state_class: 'crash_loop' });
  expect(screen.getByText(/a restart may not hold/)).toBeVisible();
});

test('lines that the server keeps are not taken for lines that nobody wrote', () => {
  const withheld = {
    reason: 'It does not name this one.',
    fix_command: "echo 'plex.service' | sudo tee -a /etc/homelabcmd/logs-watched",
  };
  const { unmount } = show(aWhy({ journal: [], journal_withheld: withheld }));
  expect(screen.getByText(withheld.reason)).toBeVisible();
  expect(screen.getByText(withheld.fix_command)).toBeVisible();
  expect(screen.queryByText(/wrote nothing/)).toBeNull();
  unmount();

  const all = show(aWhy({ journal: [], journal_withheld: { reason: 'All is kept.', fix_command: null } }));
  expect(screen.getByText('All is kept.')).toBeVisible();
  expect(screen.queryByRole('button', { name: /Copy/ })).toBeNull();
  all.unmount();

  show(aWhy({ journal: [] }));
  expect(screen.getByText('It wrote nothing that the journal kept.')).toBeVisible();
});
