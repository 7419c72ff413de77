import { useSyncExternalStore } from 'react';

const STORED_AS = 'homelabcmd.keys';
const OFF = 'off';
const listeners = new Set<() => void>();

function stored(): boolean {
  try {
    return localStorage.getItem(STORED_AS) !== OFF;
  } catch {
    return true;
  }
}

let areOn = stored();

/** Whether the page's single keys do anything in this browser. Keys with Ctrl or Cmd are not concerned. */
export const areKeysOn = (): boolean => areOn;

export function switchKeys(on: boolean): void {
  areOn = on;
  try {
    if (on) localStorage.removeItem(STORED_AS);
    else localStorage.setItem(STORED_AS, OFF);
  } catch {
    // A browser that keeps no storage forgets the choice with the tab.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useKeysOn = (): boolean => useSyncExternalStore(subscribe, areKeysOn);
