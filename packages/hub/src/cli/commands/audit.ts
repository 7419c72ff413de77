import type { AuditHead, ResponseOf, api } from '@homelabcmd/protocol';
import { type ChainVerdict, verifyChain } from '../../audit/verify.ts';
import { auditHead } from '../../events/audit-trail.ts';
import { compareWitness, differenceOf } from '../../audit/compare.ts';
import { askWitnesses } from '../audit/witnesses.ts';
import { type Call, type Command, UsageError } from '../command.ts';
import { readStore } from '../read-store.ts';

export const audit: Command = {
  name: 'audit',
  summary: 'Checks that nobody has changed the record of who did what, or prints its head',
  about: [
    '`verify` walks the whole chain of the audit in the store, and says what is not as the hub wrote it. Whoever can',
    'write to the store can also rewrite the chain so that it fits itself; then it does not fit what others hold:',
    '`--against-agents` compares it with what the agents were shown (the hub must run), `--head` with a head that you kept',
    'elsewhere. `head` prints the newest entry and its hash, in the form that `--head` takes. Nothing is changed.',
  ].join('\n'),
  operands: ['verify|head'],
  options: {
    'against-agents': { value: null, means: 'verify: ask the agents, through the hub, what they hold' },
    'key-file': { value: 'FILE', means: 'the API key for that; without it, HOMELABCMD_API_KEY' },
    head: { value: 'ENTRY:HASH', means: 'verify: a head that was printed earlier' },
  },
  async run(call) {
    const [what] = call.operands;
    if (what === 'verify') return verify(call);
    if (what !== 'head') throw new UsageError(`Say verify or head, not ${JSON.stringify(what)}.`);
    await using store = await readStore(call.load());
    call.say(textOf(await auditHead(store.db)));
    return 0;
  },
};

async function verify(call: Call): Promise<number> {
  const kept = keptHead(call.valueOf('head'));
  const loaded = call.load();
  await using store = await readStore(loaded);
  // Asked first: whatever the agents hold was in the store before it is read here.
  const asked = call.has('against-agents') ? await askWitnesses(loaded, call.valueOf('key-file')) : null;
  const heads = [
    ...(asked?.witnesses ?? []).flatMap((witness) => witness.heads),
    ...(kept === null ? [] : [kept]),
  ];
  const chain = await verifyChain(store.db, new Set(heads.map(({ entry }) => entry)));
  const results = [
    reportChain(call, chain),
    ...(kept === null ? [] : [reportKept(call, kept, chain)]),
    ...(asked === null ? [] : [reportWitnesses(call, asked, chain)]),
  ];
  return results.every(Boolean) ? 0 : 1;
}

function reportChain(call: Call, chain: ChainVerdict): boolean {
  const { entries, faults, faultCount, head } = chain;
  if (faultCount === 0) {
    call.say(`The chain is whole: ${entries} entries. Its head is ${textOf(head)}`);
    return true;
  }
  call.say(`The chain is broken in ${faultCount} ${faultCount === 1 ? 'place' : 'places'}:`);
  for (const { sentence } of faults) call.say(`  ${sentence}`);
  if (faultCount > faults.length) call.say(`  and ${faultCount - faults.length} more.`);
  return false;
}

function reportKept(call: Call, kept: AuditHead, chain: ChainVerdict): boolean {
  const difference = differenceOf(kept, chain);
  call.say(
    difference === null
      ? `It holds the head that you kept, entry ${kept.entry}.`
      : `You kept what ${difference}`,
  );
  return difference === null;
}

function reportWitnesses(
  call: Call,
  { witnesses }: ResponseOf<typeof api.listWitnesses>,
  chain: ChainVerdict,
): boolean {
  const compared = witnesses.map((witness) => compareWitness(witness, chain));
  for (const { lines } of compared) for (const line of lines) call.say(line);
  const holding = witnesses.filter(({ heads }) => heads.length > 0).length;
  const against = compared.filter(({ agrees }) => !agrees).length;
  if (holding === 0) call.say('No agent holds anything to compare with, so this proves nothing more.');
  else if (against === 0)
    call.say(`${holding} of ${witnesses.length} servers hold heads, and all of those agree.`);
  else call.say(`${against} of ${witnesses.length} servers were shown another chain than this store has.`);
  return against === 0;
}

const textOf = ({ entry, hash }: AuditHead): string => `${entry}:${hash}`;

function keptHead(text: string | null): AuditHead | null {
  if (text === null) return null;
  const [, entry, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (entry === undefined || hash === undefined)
    throw new UsageError(
      '--head takes what homelabcmd audit head has printed: a number, a colon and 64 hex digits.',
    );
  return { entry: Number(entry), hash };
}
