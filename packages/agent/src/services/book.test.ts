import { expect, test } from 'vitest';
import { absentUnit, type UnitState } from '../systemd/port.ts';
import { ServiceBook } from './book.ts';

const unit = (id: string, change: Partial<UnitState> = {}): UnitState => ({
  ...absentUnit(id),
  loadState: 'loaded',
  activeState: 'active',
  subState: 'running',
  ...change,
});

function bookWith(...states: UnitState[]): ServiceBook {
  const book = new ServiceBook();
  for (const state of states) book.read(state.id, state, true, 0);
  return book;
}

test('what differs from the list is read, and nothing else', () => {
  const book = bookWith(unit('a.service'), unit('b.service'));
  const { toRead, removed } = book.compare([
    unit('a.service'),
    unit('b.service', { activeState: 'failed', subState: 'failed' }),
    unit('c.service'),
    unit('d.timer'),
    unit('mentioned.service', { loadState: 'not-found', activeState: 'inactive' }),
    unit('masked.service', { loadState: 'masked', activeState: 'inactive' }),
  ]);
  expect(toRead).toEqual(['b.service', 'c.service']);
  expect(removed).toBe(false);
});

test('a masked unit that runs all the same is shown', () => {
  expect(bookWith().compare([unit('a.service', { loadState: 'masked' })]).toRead).toEqual(['a.service']);
});

test('an unloaded unit goes, unless someone expects it', () => {
  const book = bookWith(unit('a.service'), unit('b.service'));
  book.expect(new Set(['b.service']));
  expect(book.unload('a.service')).toBe(true);
  expect(book.unload('b.service')).toBe(false);
  expect([...book.records.keys()]).toEqual(['b.service']);
  expect(book.unloadedExpected()).toEqual(['b.service']);
  expect(book.compare([]).removed).toBe(false);
  expect(book.expect(new Set())).toBe(true);
  expect(book.records.size).toBe(0);
});

test('an expected unit that does not exist has a record that says so', () => {
  const book = new ServiceBook();
  book.expect(new Set(['none.service']));
  expect(book.unloadedExpected()).toEqual(['none.service']);
  book.read('none.service', absentUnit('none.service'), false, 0);
  expect(book.records.get('none.service')?.state.loadState).toBe('not-found');
});

test('one that nobody expects has none', () => {
  expect(new ServiceBook().read('none.service', absentUnit('none.service'), true, 0)).toBeNull();
});

test('an expected alias stands for the unit that it means', () => {
  const book = bookWith(unit('ssh.service'));
  book.expect(new Set(['sshd.service']));
  book.read('sshd.service', unit('ssh.service'), false, 0);
  expect(book.aliasesOf('ssh.service')).toEqual(['sshd.service']);
  expect(book.unloadedExpected()).toEqual([]);
  expect(book.unload('ssh.service')).toBe(false);
  expect(book.unloadedExpected()).toEqual(['sshd.service']);
});

test('the last run of an unloaded unit is remembered', () => {
  const ended = { activeState: 'inactive', subState: 'dead', result: 'success' };
  const book = bookWith(unit('a.service', { ...ended, invocationId: 'aa', stateChangedAtMs: 5 }));
  book.expect(new Set(['a.service']));
  book.unload('a.service');
  const record = book.read('a.service', unit('a.service', ended), false, 1);
  expect(record?.ended?.invocationId).toBe('aa');
  expect(record?.state.stateChangedAtMs).toBe(5);
});

test('who is active, of whatever type', () => {
  const book = bookWith(unit('a.service'));
  book.compare([unit('a.service'), unit('x.target'), unit('y.socket', { activeState: 'inactive' })]);
  expect(['a.service', 'x.target', 'y.socket', 'z.mount'].map((id) => book.isActive(id))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
