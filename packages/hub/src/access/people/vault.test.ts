import { expect, test } from 'vitest';
import { Vault } from './vault.ts';

const [ours, before, others] = [1, 2, 3].map((n) => Buffer.alloc(32, n)) as [Buffer, Buffer, Buffer];

test('what is shut opens with the same key for the same person, and for nothing else', () => {
  const vault = new Vault([ours]);
  const shut = vault.shut('JBSWY3DPEHPK3PXP', 'usr_anna');
  expect(shut).not.toContain('JBSWY3DPEHPK3PXP');
  expect(vault.shut('JBSWY3DPEHPK3PXP', 'usr_anna')).not.toBe(shut);
  expect(new Vault([ours]).open(shut, 'usr_anna')).toBe('JBSWY3DPEHPK3PXP');
  expect(vault.open(shut, 'usr_bob')).toBeNull();
  expect(new Vault([others]).open(shut, 'usr_anna')).toBeNull();
  for (const changed of [
    '',
    'v1.',
    'v2' + shut.slice(2),
    shut.slice(0, -2),
    `${shut.slice(0, 10)}A${shut.slice(11)}x`,
  ])
    expect([changed, vault.open(changed, 'usr_anna')]).toEqual([changed, null]);
});

test('with a newer key it opens what the one before has shut, and shuts what only the newer one opens', () => {
  const shutBefore = new Vault([before]).shut('JBSWY3DPEHPK3PXP', 'usr_anna');
  const vault = new Vault([ours, before]);
  expect(vault.open(shutBefore, 'usr_anna')).toBe('JBSWY3DPEHPK3PXP');
  expect(vault.open(shutBefore, 'usr_bob')).toBeNull();
  const shut = vault.shut('JBSWY3DPEHPK3PXP', 'usr_anna');
  expect([new Vault([before]).open(shut, 'usr_anna'), new Vault([ours]).open(shut, 'usr_anna')]).toEqual([
    null,
    'JBSWY3DPEHPK3PXP',
  ]);
});
