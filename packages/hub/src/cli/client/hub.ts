import { hostOf, isLoopback } from '../../lib/net/loopback.ts';
import { addressOf } from '../address.ts';
import { type Call, UsageError } from '../command.ts';
import { trust } from './authority.ts';
import { CommandFailure, EXIT } from './failure.ts';
import { type ClientSettings, clientFile, clientSettings, keyIn } from './settings.ts';

/** The hub that a command asks, and by which key. */
export interface AskedHub {
  /** With the base path, without a slash at the end. */
  readonly url: string;
  readonly key: string;
}

/**
 * The hub that was named: by `--hub`, by the environment, by `client.conf`; or that of this machine, by its settings. From here on
 * this process takes its certificate, and that of no other where an authority is named.
 * @throws UsageError CommandFailure
 */
export async function askedHub(call: Call): Promise<AskedHub> {
  const settings = clientSettings(call.environment);
  const isLocalMeant = call.valueOf('config') !== null || call.valueOf('data-dir') !== null;
  const named = call.valueOf('hub') ?? (isLocalMeant ? null : (settings.HOMELABCMD_HUB_URL ?? null));
  if (named === null) return localHub(call, settings);
  const url = urlOf(named);
  const key = keyOf(call, settings);
  await trust(call.valueOf('authority') ?? settings.HOMELABCMD_HUB_AUTHORITY ?? null, url);
  return { url, key };
}

function localHub(call: Call, settings: ClientSettings): AskedHub {
  const { config } = call.load();
  if (config.port === 0)
    throw new CommandFailure(EXIT.notDone, 'The hub listens on a port of its choice. Name it with --hub.');
  return { url: addressOf(config), key: keyOf(call, settings, config.apiKey) };
}

function keyOf(call: Call, settings: ClientSettings, ofHub: string | null = null): string {
  const file = call.valueOf('key-file');
  if (file !== null) return keyIn(file);
  if (settings.HOMELABCMD_API_KEY !== undefined) return keyGiven(settings.HOMELABCMD_API_KEY);
  if (settings.HOMELABCMD_KEY_FILE !== undefined) return keyIn(settings.HOMELABCMD_KEY_FILE);
  if (ofHub !== null) return ofHub;
  throw new CommandFailure(
    EXIT.notDone,
    `The hub asks for an API key. Make one in the dashboard (Settings, API keys), and put it into ${clientFile(call.environment)}, into a file that you name with --key-file, or into HOMELABCMD_API_KEY.`,
  );
}

function keyGiven(key: string): string {
  if (/[\r\n]/.test(key))
    throw new CommandFailure(EXIT.notDone, 'HOMELABCMD_API_KEY holds what no key holds: the end of a line.');
  return key;
}

/** @throws UsageError for what is no address of a hub, or would send the key over the network in clear */
function urlOf(named: string): string {
  const url = URL.parse(named);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new UsageError(
      `${JSON.stringify(named)} is no address of a hub. Write https://hub.example.org:8080.`,
    );
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new UsageError('The address of a hub is its host, its port and its path, and holds no key.');
  if (url.protocol === 'http:' && !isLoopback(hostOf(named)))
    throw new UsageError(
      'Over plain http the key could be read on its way. Write https://, which every hub speaks beyond its own machine.',
    );
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
