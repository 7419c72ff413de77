import { Client } from 'pg';

/** A connection that lasts as long as the block. */
export async function connectedTo(url: string): Promise<Client & AsyncDisposable> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: async () => client.end().catch(() => {}) });
}
