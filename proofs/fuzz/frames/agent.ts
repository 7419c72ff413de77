import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, uptime } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readConfig, startAgent } from '@homelabcmd/agent';
import { Identity, Link } from '@homelabcmd/agent/rules';
import { AGENT_LINK_PATH, HubFrame } from '@homelabcmd/protocol';
import { readEnrolmentToken } from '@homelabcmd/protocol/link';
import { FakeExecutor, FakeSystemd } from '@homelabcmd/testkit';
import { type Heap, heapNow } from '../ground/heap.ts';
import { FACTS, FROM_HUB } from './originals.ts';

/** What is asked of this process, one a line; each is answered by one line. */
export type AgentQuestion =
  | { readonly ask: 'heap' }
  /** Opens so many links, one after the other on several at once, each of which the hub that is played ends. */
  | { readonly ask: 'links'; readonly count: number }
  /** How often anything was started that root has not allowed. */
  | { readonly ask: 'starts' };

/** What came of some links: one sentence for each that was not ended with one clear reason, or that had something done. */
export interface LinksAnswer {
  readonly faults: readonly string[];
}

const LINKS_AT_ONCE = 16;
const ALLOWED = 'plex.service';
const NOT_ALLOWED = 'nginx.service';
/** As the agent reads them: what was changed in the text of a frame may be nothing that it means. */
const ORIGINALS: ReadonlySet<string> = new Set(
  FROM_HUB.map((frame) => JSON.stringify(HubFrame.parse(frame))),
);

/** A real agent in a process of its own, with a systemd and a restart script that are played; and bare links beside it. */
async function main([hubUrl = '', token = '']: readonly string[]): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-agent-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const allowFile = join(folder, 'restart-allowed');
  writeFileSync(allowFile, `${ALLOWED}\n`, { mode: 0o644 });
  const systemd = new FakeSystemd([{ unit: ALLOWED }, { unit: NOT_ALLOWED }]);
  const startsBefore = systemd.startsOf(NOT_ALLOWED).length;
  const absent = (name: string) => join(folder, name);
  const config = readConfig({
    HOMELABCMD_HUB_URL: hubUrl,
    HOMELABCMD_ENROLMENT_TOKEN: token,
    HOMELABCMD_STATE_DIR: join(folder, 'state'),
    HOMELABCMD_ALLOW_FILE: allowFile,
    HOMELABCMD_LOCKOUT_FILE: absent('lockout'),
    HOMELABCMD_PROBE_TARGETS_FILE: absent('targets'),
    HOMELABCMD_LIMITS_FILE: absent('limits'),
    HOMELABCMD_APPROVERS_FILE: absent('approvers'),
  });
  stack.use(
    await startAgent(config, {
      ...{ systemd, executor: new FakeExecutor(systemd, 'boot'), readJournal: systemd.readJournal },
      ...{ hostname: 'server', bootId: 'boot', allowFileOwnerUid: process.getuid?.() ?? 0 },
    }),
  );
  const identity = new Identity(join(folder, 'links'), readEnrolmentToken(token));
  const answerTo = async (question: AgentQuestion): Promise<Heap | LinksAnswer | { starts: number }> => {
    if (question.ask === 'heap') return heapNow();
    if (question.ask === 'starts') return { starts: systemd.startsOf(NOT_ALLOWED).length - startsBefore };
    let left = question.count;
    const faults: string[] = [];
    const one = async () => {
      for (; left > 0; left -= 1)
        faults.push(...(await faultsOfLink(`${hubUrl}${AGENT_LINK_PATH}?below`, identity)));
    };
    await Promise.all(Array.from({ length: LINKS_AT_ONCE }, one));
    return { faults };
  };
  console.log(JSON.stringify({ answer: {} }));
  for await (const line of createInterface({ input: process.stdin }))
    console.log(JSON.stringify({ answer: await answerTo(JSON.parse(line) as AgentQuestion) }));
}

/** One link until it is down: what was done of what nobody has signed, and what is missing of the reason. */
async function faultsOfLink(url: string, identity: Identity): Promise<string[]> {
  const faults: string[] = [];
  const reasons: string[] = [];
  const down = Promise.withResolvers<void>();
  const link = new Link({
    ...{ url, identity, facts: () => FACTS, uptimeMs: () => uptime() * 1000 },
    onWelcome: () => undefined,
    onFrame: (frame) => {
      if (frame.type !== 'beat' && !ORIGINALS.has(JSON.stringify(frame)))
        faults.push(`done, though nobody has signed it: ${JSON.stringify(frame).slice(0, 500)}`);
    },
    log: (_level, msg, fields) => {
      if (msg === 'the link to the hub is down') {
        reasons.push(JSON.stringify(fields?.['problem'] ?? ''));
        down.resolve();
      }
    },
  });
  await down.promise;
  await link[Symbol.asyncDispose]();
  if (reasons.length !== 1 || (reasons[0]?.length ?? 0) < 5)
    faults.push(`${reasons.length} reasons: ${JSON.stringify(reasons)}`);
  return faults;
}

await main(process.argv.slice(2));
