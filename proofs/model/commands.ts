import fc from 'fast-check';
import { isOpen, isOut, type Model, type ModelAction, mayDecide, openOn, wrongWith } from './model.ts';
import { type Name, NAMES, type Place, PLACES, type Rig, type ServiceNow } from './rig.ts';

type Command = fc.AsyncCommand<Model, Rig>;

/** The system did what the model says that it may not, or did not do what it must. */
class Deviation extends Error {}

const ensure = (isRight: boolean, what: string): void => {
  if (!isRight) throw new Deviation(what);
};

const PEOPLE = ['ann', 'ben'] as const;
const DIGESTS = ['shown', 'shown', 'shown', 'shown', 'shown', 'shown', 'wrong', 'none'] as const;
const SETTLE_MS = 400;
const OFF_MS = 2000;
/**
 * A hub that still holds an earlier connection of the agent asks that one for a second before it takes in the first word of
 * the new one.
 */
const HEARD_WITHIN_MS = 1000 + SETTLE_MS;
/** The agent's start, 3 s at most, until it is heard. */
const BOOT_MS = 3000 + HEARD_WITHIN_MS;
const NEVER_MS = 1e12;

/** What a hub knows to which all is linked. */
export const seenBy = (rig: Rig): Map<string, ServiceNow> =>
  new Map(PLACES.flatMap((place) => NAMES.map((name) => [`${place} ${name}`, rig.service(place, name)])));

/** Takes in what has become of everything since the command before, and compares. */
function compare(model: Model, rig: Rig): void {
  const { nowMs } = rig;
  model.hubUpSinceMs = rig.isHubUp ? (model.hubUpSinceMs ?? nowMs) : null;
  for (const place of PLACES) {
    const known = model.places[place];
    const isLinked = rig.isLinked(place) && rig.fleet.network.weatherOf(place).stalled.size === 0;
    known.linkedSinceMs = isLinked ? (known.linkedSinceMs ?? nowMs) : null;
    known.unlinkedSinceMs = isLinked ? null : (known.unlinkedSinceMs ?? nowMs);
    const linkedMs = known.linkedSinceMs === null ? 0 : nowMs - known.linkedSinceMs;
    if (linkedMs >= HEARD_WITHIN_MS)
      for (const name of NAMES) model.seen.set(`${place} ${name}`, rig.service(place, name));
  }
  const rows = new Map(rig.rows().map((row) => [row.actionId, row]));
  for (const action of model.actions) {
    const row = rows.get(action.actionId);
    if (row === undefined) throw new Deviation(`#${action.actionId} is gone`);
    const wrong = wrongWith(model, action, row, nowMs);
    if (wrong !== null) throw new Deviation(`#${action.actionId}: ${wrong}`);
    action.status = row.status;
    action.isAskedBack = row.isAskedBack;
  }
  ensure(rows.size <= model.actions.length, 'there is an action that nobody asked for');
  const [violation] = rig.witness.violations;
  ensure(violation === undefined, violation ?? '');
}

/** From here on more than one end of what is under way is right. */
function disturb(model: Model, isConcerned: (action: ModelAction) => boolean): void {
  for (const action of model.actions)
    if (isOpen(action) && action.status !== 'pending' && isConcerned(action)) action.isDisturbed = true;
}

function forget(model: Model, place: Place): void {
  for (const name of NAMES) model.seen.delete(`${place} ${name}`);
  model.places[place].linkedSinceMs = null;
}

const isSame = (a: ServiceNow, b: ServiceNow): boolean =>
  a.isUp === b.isUp && a.boot === b.boot && (!a.isUp || a.invocation === b.invocation);

const command = (
  name: string,
  run: (model: Model, rig: Rig) => Promise<void>,
  check = (_: Model) => true,
) => ({
  check: (model: Readonly<Model>) => check(model),
  async run(model: Model, rig: Rig) {
    await run(model, rig);
    compare(model, rig);
  },
  toString: () => name,
});

const ask = (actor: string, place: Place, name: Name): Command =>
  command(`${actor} asks for ${name} on ${place}`, async (model, rig) => {
    const open = openOn(model, place, name);
    const seen = model.seen.get(`${place} ${name}`);
    const [askedAtMs, wasUp] = [rig.nowMs, rig.isHubUp];
    const answer = await rig.ask(actor, place, name);
    if (answer.kind === 'lost') return ensure(!wasUp, 'a hub that is up did not answer');
    if (answer.kind === 'refused') {
      const row = rig.rows().find(({ actionId }) => actionId === open?.actionId);
      return ensure(
        answer.code === 'action_open' && row !== undefined,
        `a request was refused (${answer.code}), and none is open`,
      );
    }
    const { action_id: actionId, digest } = answer.action;
    // One that was open may have ended of itself in the moment of the request; then it is not open now.
    if (open !== undefined)
      ensure(
        !isOpen({
          ...open,
          status: rig.rows().find((row) => row.actionId === open.actionId)?.status ?? open.status,
        }),
        'a second action was opened for one target',
      );
    model.actions.push({
      ...{ actionId, digest, place, name, askedAtMs, status: 'pending', isAskedBack: false },
      ...{ approvedAtMs: null, deeds: new Set(), isAsSeen: false, isDisturbed: seen === undefined },
      seen: seen ?? rig.service(place, name),
    });
  });

type Decision = 'approve' | 'reject' | 'cancel' | 'abandon';

const decide = (what: Decision, actor: string, which: number, given: 'shown' | 'wrong' | 'none'): Command =>
  command(
    `${actor}: ${what} the ${which}. from the end${what === 'approve' ? ` (digest ${given})` : ''}`,
    async (model, rig) => {
      const action = model.actions.at(-1 - (which % model.actions.length));
      if (action === undefined) return;
      const before = rig.rows().find(({ actionId }) => actionId === action.actionId);
      const digest = { shown: action.digest, wrong: 'f'.repeat(64), none: undefined }[given];
      const isLinked = model.places[action.place].linkedSinceMs !== null && rig.isLinked(action.place);
      const isAsSeen = isSame(action.seen, rig.service(action.place, action.name));
      const [pressedAtMs, wasUp] = [rig.nowMs, rig.isHubUp];
      const answer = await rig.decide(what, actor, action.actionId, digest);
      if (before === undefined || answer.kind === 'lost')
        return ensure(!wasUp, 'a hub that is up did not answer');
      const isMeant = what !== 'approve' || given !== 'wrong';
      // In the moment of the press its time may have run out, or its order have been sent or have begun.
      const after = rig.rows().find(({ actionId }) => actionId === action.actionId) ?? before;
      const isInTime = pressedAtMs - (action.approvedAtMs ?? action.askedAtMs) < 19_500;
      if (answer.kind === 'refused')
        return ensure(
          !isMeant || !isInTime || !mayDecide(what, before) || !mayDecide(what, after),
          `${what} was refused (${answer.code}) while it is ${before.status}`,
        );
      const isLate = what === 'abandon' && isOut({ ...action, status: before.status });
      ensure(
        isMeant && (mayDecide(what, before) || isLate),
        `${what} was granted while it is ${before.status}`,
      );
      action.deeds.add(what);
      if (what !== 'approve') return;
      Object.assign(action, { approvedAtMs: pressedAtMs, isAsSeen });
      if (!isLinked) action.isDisturbed = true;
    },
    (model) => model.actions.length > 0,
  );

const wait = (ms: number): Command => command(`wait ${ms} ms`, (_model, rig) => rig.wait(ms));

const onPlace = (
  what: string,
  place: Place,
  act: (model: Model, rig: Rig) => void,
  forMs = SETTLE_MS,
): Command =>
  command(`${what} (${place})`, async (model, rig) => {
    disturb(model, (action) => action.place === place);
    forget(model, place);
    act(model, rig);
    await rig.wait(forMs);
  });

const service = (what: 'ends' | 'is stopped' | 'is started', place: Place, name: Name): Command =>
  command(`${name} ${what} (${place})`, async (model, rig) => {
    disturb(model, (action) => action.place === place && action.name === name && isOut(action));
    const { systemd } = rig.server(place);
    if (what === 'ends') systemd.crash(`${name}.service`);
    else if (what === 'is stopped') systemd.stop(`${name}.service`);
    else systemd.start(`${name}.service`);
    await rig.wait(SETTLE_MS);
  });

const hubDies = (againInMs: number): Command =>
  command(`the hub is killed, and back in ${againInMs} ms`, async (model, rig) => {
    disturb(model, () => true);
    for (const place of PLACES) forget(model, place);
    model.hubUpSinceMs = null;
    rig.fleet.killHub(againInMs);
    await rig.wait(SETTLE_MS);
  });

const stall = (place: Place): Command =>
  onPlace('the network is gone', place, (_model, rig) => {
    for (const way of ['to-hub', 'to-agent'] as const) rig.fleet.network.weatherOf(place).stalled.add(way);
  });

const flow = (place: Place): Command =>
  onPlace('the network is back', place, (_model, rig) => {
    rig.fleet.network.weatherOf(place).stalled.clear();
    rig.fleet.network.flow(place);
  });

const agentGone = (place: Place): Command =>
  onPlace('the agent is killed, and stays away', place, (_model, rig) =>
    rig.server(place).killAgent(NEVER_MS),
  );

const agentBack = (place: Place): Command =>
  onPlace('the agent is started', place, (_model, rig) => {
    const server = rig.server(place);
    if (server.agentProcess?.isAlive !== true) server.startAgentIn(1);
  });

/** It is over when the server has booted: what its services are from then on is for the hub to see. */
const powerLost = (place: Place): Command =>
  onPlace('the power is lost', place, (_model, rig) => rig.server(place).losePower(OFF_MS), OFF_MS + BOOT_MS);

const framesAgain = (place: Place): Command =>
  command(`old frames arrive again (${place})`, async (_model, rig) => {
    rig.fleet.network.repeatAll(place);
    await rig.wait(SETTLE_MS);
  });

/** All that can be done to the system, in any order. */
export function commands(maxCommands: number, replayPath: string | undefined) {
  const place = fc.constantFrom(...PLACES);
  const name = fc.constantFrom(...NAMES);
  const actor = fc.constantFrom(...PEOPLE);
  const decision = (what: Decision) =>
    fc
      .tuple(actor, fc.constantFrom(0, 0, 0, 0, 1, 2), fc.constantFrom(...DIGESTS))
      .map(([who, which, given]) => decide(what, who, which, given));
  const kinds: fc.Arbitrary<Command>[] = [
    ...Array.from({ length: 7 }, () =>
      fc.tuple(actor, place, name).map(([who, where, what]) => ask(who, where, what)),
    ),
    ...(
      ['approve', 'approve', 'approve', 'approve', 'approve', 'approve', 'approve', 'approve'] as const
    ).map(decision),
    ...(['reject', 'cancel', 'abandon'] as const).map(decision),
    ...Array.from({ length: 5 }, () => fc.constantFrom(1, 50, 1500, 5000, 5000).map(wait)),
    fc.constantFrom(21_000, 65_000).map(wait),
    fc
      .tuple(fc.constantFrom('ends', 'is stopped', 'is started'), place, name)
      .map(([what, where, which]) => service(what, where, which)),
    fc.constantFrom(1, 500, 5000).map(hubDies),
    place.map((where) =>
      onPlace('the connection is cut', where, (_model, rig) => rig.fleet.network.cut(where)),
    ),
    place.map((where) =>
      onPlace('the agent is killed', where, (_model, rig) => rig.server(where).killAgent()),
    ),
    place.map(powerLost),
    ...[stall, flow, agentGone, agentBack, framesAgain].map((make) => place.map(make)),
  ];
  return fc.commands(kinds, {
    ...{ maxCommands, size: 'max' },
    ...(replayPath === undefined ? {} : { replayPath }),
  });
}
