import { EVENTS_CHANNEL, type Receipt } from './receivers.ts';

/** What was to be told: of alerts `1000001 fired`, of events their numbers. */
export interface Expected {
  /** By channel. */
  readonly facts: Readonly<Record<string, readonly string[]>>;
  readonly events: readonly string[];
}

/** Every way in which what came in is not what was to be told. */
export function judge(receipts: readonly Receipt[], { facts, events }: Expected): string[] {
  return [
    ...Object.entries(facts).flatMap(([channel, own]) => judgeChannel(channel, of(receipts, channel), own)),
    ...judgeChannel(EVENTS_CHANNEL, of(receipts, EVENTS_CHANNEL), events),
    ...judgeOrderOfEvents(of(receipts, EVENTS_CHANNEL)),
  ];
}

const of = (receipts: readonly Receipt[], channel: string): Receipt[] =>
  receipts.filter((receipt) => receipt.channel === channel);

/** How often something came that its receiver had taken already. */
export function repeatsIn(receipts: readonly Receipt[]): number {
  const taken = new Set<string>();
  let repeats = 0;
  for (const { channel, id, isTaken } of receipts) {
    if (taken.has(`${channel} ${id}`)) repeats += 1;
    if (isTaken) taken.add(`${channel} ${id}`);
  }
  return repeats;
}

function judgeChannel(channel: string, receipts: readonly Receipt[], facts: readonly string[]): string[] {
  const taken = new Set(receipts.filter(({ isTaken }) => isTaken).flatMap(({ told }) => told));
  const lost = facts
    .filter((fact) => !taken.has(fact))
    .map((fact) => `${channel} was never told of ${fact}.`);
  const idOf = new Map<string, string>();
  const firstOf = new Map<string, Receipt>();
  const found: string[] = [];
  let seen: string[] = [];
  for (const [at, receipt] of receipts.entries()) {
    const { id, life, told } = receipt;
    const first = firstOf.get(id);
    if (first !== undefined && first.body !== receipt.body)
      found.push(`${channel}: the message ${id} was another one when it came again.`);
    const before = receipts.slice(0, at).find((one) => one.id === id && one.isTaken);
    if (before !== undefined && before.life === life)
      found.push(`${channel}: the message ${id} was taken, and came again in the same life of the hub.`);
    firstOf.set(id, first ?? receipt);
    for (const fact of told) {
      const known = idOf.get(fact);
      if (known !== undefined && known !== id)
        found.push(`${channel} was told of ${fact} by two messages, ${known} and ${id}.`);
      idOf.set(fact, id);
    }
    if (first === undefined) seen = [...seen, ...told];
  }
  return [...lost, ...found, ...judgeOrder(channel, seen)];
}

/** Of one alert the end is not told before the beginning. */
function judgeOrder(channel: string, seen: readonly string[]): string[] {
  return seen.flatMap((fact, at) => {
    const [alert, occasion] = fact.split(' ');
    if (occasion !== 'resolved') return [];
    const began = seen.indexOf(`${alert} fired`);
    return began >= 0 && began < at ? [] : [`${channel} was told that ${alert} is over before it began.`];
  });
}

/** Each event waits for the one before it. */
function judgeOrderOfEvents(receipts: readonly Receipt[]): string[] {
  const firsts = [...new Set(receipts.flatMap(({ told }) => told))].map(Number);
  return firsts.some((number, at) => at > 0 && number < (firsts[at - 1] ?? 0))
    ? ['The events did not come in their order.']
    : [];
}
