import type { EntryKind } from './kind.ts';

export const server: EntryKind<'server'> = {
  look: ({ liveness }) =>
    liveness === 'online'
      ? { shape: 'disc', tone: 'ok', word: 'Online' }
      : { shape: 'ringSlash', tone: 'bad', word: 'Offline' },
  Words: ({ entries, serverId }) =>
    entries.map(({ at, liveness }) => (
      <p key={at}>
        <span className="strong">{serverId}</span>{' '}
        {liveness === 'online' ? 'is back.' : <span className="bad">is offline: the hub hears nothing.</span>}
      </p>
    )),
};
