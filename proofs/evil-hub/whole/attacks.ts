import { HubFrame, type Order, type OrderResult } from '@homelabcmd/protocol';
import { NODE_ON_SERVER } from '../../../lab/index.ts';
import type { EvilDoor, OpenLink } from './door.ts';
import { ALIAS_OF_ALLOWED, type Target } from './server.ts';
import {
  type Arsenal,
  type Asking,
  type Breaking,
  type Greeting,
  type Handing,
  order,
  orderFrame,
  type Saying,
} from './ways/way.ts';
import type { NamedWay } from './ways/registry.ts';

/** What came of the attacks of one way: how often each answer was given. */
export type Answers = Record<string, number>;

export interface Tally {
  /** Orders, frames and questions that asked for something. */
  sent: number;
  readonly answers: Record<string, Answers>;
  /** The orders of which the agent says that they ran, or may have: each id with the unit that it was for at first. */
  readonly ran: Map<string, string>;
  readonly violations: string[];
}

const KEPT = 5000;
/** Orders that follow where the link should have ended. */
const AFTERWARDS = 60;
const ENDS_WITHIN_MS = 15_000;

/** Every attack of the run, with what it needs to be carried out and counted. */
export class Attacks {
  readonly #door: EvilDoor;
  readonly #target: Target;
  readonly #arsenal: Arsenal;
  readonly #tally: Tally;
  /** What each id was for when it was sent for the first time. */
  readonly #first = new Map<string, Order>();

  constructor(parts: { door: EvilDoor; target: Target; arsenal: Arsenal; tally: Tally }) {
    this.#door = parts.door;
    this.#target = parts.target;
    this.#arsenal = parts.arsenal;
    this.#tally = parts.tally;
    this.#door.listen({ result: (orderId, result) => this.#heard(orderId, result) });
  }

  /** Frames of these ways at once, each with the seal that is due. Resolves when the agent has answered. */
  async say(link: OpenLink, ways: readonly NamedWay<Saying>[]): Promise<void> {
    const answers = new Map<string, Promise<void>>();
    for (const { subject, name, way } of ways)
      for (const frame of way.frames(this.#arsenal)) {
        this.#tally.sent += 1;
        const asked = orderIn(frame);
        if (asked !== null && !this.#first.has(asked.order_id)) this.#first.set(asked.order_id, asked);
        const text = link.sealed(frame);
        keep(this.#arsenal.texts, text, this.#arsenal.chance.below(KEPT), KEPT / 10);
        if (asked === null) this.#count(subject, name, 'nothing to answer');
        else if (answers.has(asked.order_id)) this.#count(subject, name, 'sent twice at once');
        else
          answers.set(
            asked.order_id,
            this.#door.resultOf(asked.order_id).then((result) => this.#took(subject, name, asked, result)),
          );
        link.sendText(text);
      }
    if (!(await link.taken())) this.#tally.violations.push('The link ended where nothing was wrong with it.');
    await Promise.all(answers.values());
  }

  /** Something that has to end the link, and orders after it. */
  async break(link: OpenLink, { subject, name, way }: NamedWay<Breaking>): Promise<void> {
    for (const text of way.texts(this.#arsenal, link)) link.sendText(text);
    this.#tally.sent += 1;
    this.#sendMore(link);
    const late = AbortSignal.timeout(ENDS_WITHIN_MS);
    const isLate = new Promise<boolean>((resolve) => late.addEventListener('abort', () => resolve(true)));
    const hasEnded = link.ended.then(() => false);
    if (await Promise.race([isLate, hasEnded]))
      this.#tally.violations.push(`${name}: the agent has not ended the link.`);
    this.#count(subject, name, 'the link ended');
  }

  /** Begins the agent anew, and puts something into its greeting. Answers the link, where there is one. */
  async greet({ subject, name, way }: NamedWay<Greeting>): Promise<OpenLink | null> {
    const came = this.#door.disturbNext(way.putIn(this.#arsenal));
    await this.#target.renewAgent();
    const link = await came;
    this.#tally.sent += 1;
    if (link === null) {
      this.#count(subject, name, 'no welcome was waited for');
      return null;
    }
    this.#sendMore(link);
    const isTaken = await link.taken();
    this.#count(subject, name, isTaken ? 'it was passed over' : 'the link ended');
    return isTaken ? link : null;
  }

  /**
   * The agent's user asks the root-owned script, as fast as it can.
   * @param atOnce systemd makes one restart of several that it is asked for at once, and several of those that come in a row
   */
  async ask({ subject, name, way }: NamedWay<Asking>, count: number, atOnce: number): Promise<void> {
    const lines = way.lines(this.#arsenal, count);
    this.#tally.sent += lines.length;
    const { code, stdout, stderr } = await this.#target.lab.exec(
      [
        ...['setpriv', '--reuid=homelabcmd', '--regid=homelabcmd', '--clear-groups'],
        ...[NODE_ON_SERVER, '-e', ASK_ALL, String(atOnce)],
      ],
      { input: lines.join('\n'), timeoutMs: 300_000 },
    );
    if (code !== 0) throw new Error(`the script could not be asked: ${stderr.trim()}`);
    for (const answer of stdout.split('\n').filter(Boolean)) this.#count(subject, name, answer);
  }

  /** Root asks for an upgrade, and the hub hands out what it likes. */
  async hand({ subject, name, way }: NamedWay<Handing>): Promise<void> {
    this.#door.handOut(way.handed());
    this.#tally.sent += 1;
    const { code } = await this.#target.lab.exec(['homelabcmd-agent', 'upgrade'], { timeoutMs: 120_000 });
    this.#count(subject, name, code === 0 ? 'TAKEN' : 'refused');
    if (code === 0) this.#tally.violations.push(`${name}: a false upgrade was taken.`);
  }

  /** All of them would be answered on a link that is there still. */
  #sendMore(link: OpenLink): void {
    for (let sent = 0; sent < AFTERWARDS; sent += 1) {
      const made = order(this.#arsenal);
      this.#first.set(made.order_id, made);
      link.send(orderFrame(made));
    }
    this.#tally.sent += AFTERWARDS;
  }

  #took(subject: string, name: string, asked: Order, result: OrderResult | null): void {
    const { said, chance } = this.#arsenal;
    keep(said, asked, chance.below(KEPT), KEPT);
    if (result === null) {
      this.#count(subject, name, 'NO ANSWER');
      this.#tally.violations.push(`${name}: an order got no answer.`);
      return;
    }
    this.#count(subject, name, result.code ?? result.outcome);
  }

  /** Of whatever order, and whether or not anybody waits to hear of it. */
  #heard(orderId: string, { outcome }: OrderResult): void {
    const asked = this.#first.get(orderId);
    if (outcome === 'refused' || asked === undefined || this.#tally.ran.has(orderId)) return;
    const unit = asked.target.replace(/^systemd:/, '');
    this.#tally.ran.set(orderId, unit === ALIAS_OF_ALLOWED.alias ? ALIAS_OF_ALLOWED.unit : unit);
    keep(this.#arsenal.ran, asked, this.#arsenal.ran.length, KEPT);
  }

  #count(subject: string, name: string, answer: string): void {
    const answers = (this.#tally.answers[`${subject}: ${name}`] ??= {});
    answers[answer] = (answers[answer] ?? 0) + 1;
  }
}

/** Where it is full, another one gives way. */
function keep<T>(list: T[], item: T, place: number, most: number): void {
  if (list.length < most) list.push(item);
  else list[place % most] = item;
}

/** The order that an agent reads out of a frame, and so has to answer. */
function orderIn(frame: object): Order | null {
  const read = HubFrame.safeParse(JSON.parse(JSON.stringify(frame)));
  return read.success && read.data.type === 'order' ? read.data.order : null;
}

/** A program for the server: takes a line after the other, asks it of the script, so many at once, and prints the answers. */
const ASK_ALL = `
const lines = require('node:fs').readFileSync(0, 'utf8').split('\\n');
const ask = (line) => new Promise((resolve) => {
  let answer = '';
  require('node:net').connect('/run/homelabcmd/restart.sock')
    .on('data', (data) => { answer += data; })
    .on('error', () => {})
    .on('close', () => resolve(answer.trim().replaceAll('\\n', ', ') || 'turned away'))
    .end(line + '\\n');
});
const next = async () => { while (lines.length > 0) console.log(await ask(lines.shift())); };
for (let asker = 0; asker < Number(process.argv[1]); asker += 1) next();
`;
