import { expect, test } from 'vitest';
import { Vault } from './vault.ts';

test('what is shut opens with the same key for the same person, and for nothing else', () => {
  const vault = new Vault('the key of this hub');
  const shut = vault.shut('JBSWY3DPEHPK3PXP', 'usr_anna');
  expect(shut).not.toContain('JBSWY3DPEHPK3PXP');
  expect(vault.shut('JBSWY3DPEHPK3PXP', 'usr_anna')).not.toBe(shut);
  expect(new Vault('the key of this hub').open(shut, 'usr_anna')).toBe('JBSWY3DPEHPK3PXP');
  expect(vault.open(shut, 'usr_bob')).toBeNull();
  expect(new Vault('the key of another hub').open(shut, 'usr_anna')).toBeNull();
  for (const changed of [
    '',
    'v1.',
    'v2' + shut.slice(2),
    shut.slice(0, -2),
    `${shut.slice(0, 10)}A${shut.slice(11)}x`,
  ])
    expect([changed, vault.open(changed, 'usr_anna')]).toEqual([changed, null]);
});
