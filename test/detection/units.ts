import { NODE_ON_SERVER } from '../../lab/index.ts';

/** The text of a unit: lines of `[Unit]` and of `[Service]`. Without another word it sleeps for ever. */
export function unitText(service: readonly string[] = [], unit: readonly string[] = []): string {
  const hasStart = service.some((line) => line.startsWith('ExecStart='));
  return [
    ...['[Unit]', 'StartLimitIntervalSec=0', ...unit],
    ...['[Service]', ...(hasStart ? [] : ['ExecStart=/bin/sleep infinity']), ...service],
    ...['[Install]', 'WantedBy=multi-user.target', ''],
  ].join('\n');
}

export const script = (line: string): string => `ExecStart=/bin/sh -c '${line}'`;

/** A program that answers HTTP at a port of this machine, by a worker if asked, so that it can be ended alone. */
export function answering(port: number, how: { status?: number; byWorker?: boolean } = {}): string {
  const serve = `require("http").createServer((q,r)=>{r.statusCode=${how.status ?? 200};r.end()}).listen(${port},"127.0.0.1")`;
  return how.byWorker === true
    ? script(`${NODE_ON_SERVER} -e "\\$0" & sleep infinity`).replace(
        '"\\$0"',
        `"${serve.replaceAll('"', '\\"')}"`,
      )
    : `ExecStart=${NODE_ON_SERVER} -e '${serve}'`;
}

export const timer = (lines: readonly string[]): string =>
  ['[Timer]', ...lines, '[Install]', 'WantedBy=timers.target', ''].join('\n');

export const socket = (port: number, lines: readonly string[] = []): string =>
  ['[Socket]', `ListenStream=127.0.0.1:${port}`, ...lines, '[Install]', 'WantedBy=sockets.target', ''].join(
    '\n',
  );
