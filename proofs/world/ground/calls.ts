import crypto from 'node:crypto';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import type { Disk } from './disk.ts';
import { type Cancel, Killed, type Process, type Timeline } from './timeline.ts';

/** What the calls of a simulated process reach instead of this machine. */
export interface World {
  readonly timeline: Timeline;
  /** By the name of the host, which is the second part of a path: `/simulated/nas/state`. */
  readonly disks: ReadonlyMap<string, Disk>;
  connect(process: Process): unknown;
}

export const FOLDER = '/simulated/';

let world: World | null = null;

/** Everything that happens from here on happens in this world; `null` for none. */
export function enterWorld(entered: World | null): void {
  world = entered;
}

/** The timeline and the process of a call, or `null` when it comes from outside of every world. */
function inside(): { timeline: Timeline; process: Process } | null {
  const process = world?.timeline.current;
  return world === null || process === null || process === undefined
    ? null
    : { timeline: world.timeline, process };
}

const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  setImmediate: globalThis.setImmediate,
  clearInterval: globalThis.clearInterval,
  now: performance.now.bind(performance),
  random: Math.random,
  Date: globalThis.Date,
  WebSocket: globalThis.WebSocket,
  timeoutSignal: AbortSignal.timeout.bind(AbortSignal),
  pause: timers.setTimeout,
  randomBytes: crypto.randomBytes,
  fs: { ...fs },
};

/** What setTimeout returns within a world. */
class SimulatedTimer {
  readonly #timeline: Timeline;
  readonly #process: Process;
  readonly #act: () => void;
  readonly #everyMs: number | null;
  #next: Cancel;

  constructor(at: { timeline: Timeline; process: Process }, act: () => void, ms: number, repeats: boolean) {
    this.#timeline = at.timeline;
    this.#process = at.process;
    this.#act = act;
    this.#everyMs = repeats ? Math.max(1, ms) : null;
    this.#next = this.#timeline.at(this.#process, Math.max(1, ms), () => this.#ring());
  }

  #ring(): void {
    if (this.#everyMs !== null)
      this.#next = this.#timeline.at(this.#process, this.#everyMs, () => this.#ring());
    this.#act();
  }

  clear(): void {
    this.#next.cancel();
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }
}

function timerOf(
  repeats: boolean,
  outside: (act: () => void, ms?: number) => unknown,
): (act: () => void, ms?: number) => unknown {
  return (act, ms = 1) => {
    const at = inside();
    return at === null ? outside(act, ms) : new SimulatedTimer(at, act, ms, repeats);
  };
}

/** A turn of the event loop: whatever is due at this moment comes first. */
function setImmediate(act: () => void): unknown {
  const at = inside();
  return at === null ? real.setImmediate(act) : at.timeline.at(at.process, 0, act);
}

const clearOf = (outside: (timer: unknown) => void) => (timer: unknown) => {
  if (timer instanceof SimulatedTimer) timer.clear();
  else outside(timer);
};

class SimulatedDate extends real.Date {
  constructor(...args: [] | [number | string | Date]) {
    const at = args.length === 0 ? inside() : null;
    if (at !== null) super(at.timeline.wallMs(at.process.host));
    else if (args.length === 0) super();
    else super(args[0]);
  }

  static override now(): number {
    const at = inside();
    return at === null ? real.Date.now() : at.timeline.wallMs(at.process.host);
  }
}

function pause(ms?: number, value?: unknown, options: { signal?: AbortSignal; ref?: boolean } = {}) {
  const at = inside();
  if (at === null) return real.pause(ms, value, options);
  return new Promise((resolve, reject) => {
    const { signal } = options;
    const timer = at.timeline.at(at.process, Math.max(1, ms ?? 1), () => resolve(value));
    const abort = () => {
      timer.cancel();
      reject(
        Object.assign(new Error('The operation was aborted'), { name: 'AbortError', code: 'ABORT_ERR' }),
      );
    };
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
  });
}

function timeoutSignal(ms: number): AbortSignal {
  const at = inside();
  if (at === null) return real.timeoutSignal(ms);
  const control = new AbortController();
  at.timeline.at(at.process, ms, () =>
    control.abort(Object.assign(new Error('The operation timed out'), { name: 'TimeoutError' })),
  );
  return control.signal;
}

function randomBytes(size: number): Buffer {
  const at = inside();
  if (at === null) return real.randomBytes(size);
  return Buffer.from(Array.from({ length: size }, () => at.timeline.chance.below(256)));
}

/** A connection of a simulated process; outside of a world it is the real thing. */
class SimulatedWebSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;

  constructor(url: string) {
    const at = inside();
    const socket: unknown = at === null ? new real.WebSocket(url) : world?.connect(at.process);
    return socket as SimulatedWebSocket;
  }
}

interface Open {
  readonly disk: Disk;
  readonly path: string;
}

const FIRST_DESCRIPTOR = 2 ** 28;
const descriptors = new Map<number, Open>();
let lastDescriptor = FIRST_DESCRIPTOR;

/** The disk that a path lies on, or `null` for a path of this machine. */
function diskOf(path: unknown): Disk | null {
  if (typeof path !== 'string' || !path.startsWith(FOLDER)) return null;
  const disk = world?.disks.get(path.slice(FOLDER.length).split('/')[0] ?? '');
  const process = world?.timeline.current;
  if (disk === undefined || process?.isAlive === false) throw new Killed();
  return disk;
}

function opened(descriptor: number): Open | null {
  if (descriptor < FIRST_DESCRIPTOR) return null;
  const open = descriptors.get(descriptor);
  if (open === undefined || world?.timeline.current?.isAlive === false) throw new Killed();
  return open;
}

/** Forgets what the processes of a world that is over left open. */
export function closeDescriptors(): void {
  descriptors.clear();
}

const files = {
  existsSync: (path: string) => diskOf(path)?.exists(path) ?? real.fs.existsSync(path),
  mkdirSync(path: string, options?: { recursive?: boolean }) {
    const disk = diskOf(path);
    if (disk === null) return real.fs.mkdirSync(path, options);
    return disk.mkdir(path, options?.recursive === true);
  },
  readFileSync(path: string, options?: unknown) {
    const disk = diskOf(path);
    if (disk === null) return Reflect.apply(real.fs.readFileSync, fs, [path, options]);
    const data = disk.read(path);
    return options === 'utf8' ? data.toString('utf8') : data;
  },
  openSync(path: string, flags?: string, mode?: number) {
    const disk = diskOf(path);
    if (disk === null) return real.fs.openSync(path, flags ?? 'r', mode);
    if (flags === 'w' || flags === 'a') disk.create(path, flags === 'w');
    else if (!disk.exists(path)) disk.read(path);
    lastDescriptor += 1;
    descriptors.set(lastDescriptor, { disk, path });
    return lastDescriptor;
  },
  writeSync(descriptor: number, ...rest: [Uint8Array, number?, ...unknown[]]) {
    const open = opened(descriptor);
    if (open === null) return Reflect.apply(real.fs.writeSync, fs, [descriptor, ...rest]);
    return open.disk.append(open.path, rest[0].subarray(rest[1] ?? 0));
  },
  readSync(descriptor: number, ...rest: [Uint8Array, ...unknown[]]) {
    const open = opened(descriptor);
    if (open === null) return Reflect.apply(real.fs.readSync, fs, [descriptor, ...rest]);
    const data = open.disk.read(open.path).subarray(0, rest[0].length);
    rest[0].set(data);
    return data.length;
  },
  fsyncSync(descriptor: number) {
    const open = opened(descriptor);
    return open === null ? real.fs.fsyncSync(descriptor) : open.disk.sync(open.path);
  },
  fdatasyncSync(descriptor: number) {
    const open = opened(descriptor);
    return open === null ? real.fs.fdatasyncSync(descriptor) : open.disk.sync(open.path);
  },
  closeSync(descriptor: number) {
    if (descriptor < FIRST_DESCRIPTOR) return real.fs.closeSync(descriptor);
    descriptors.delete(descriptor);
  },
  renameSync(from: string, to: string) {
    const disk = diskOf(from);
    return disk === null ? real.fs.renameSync(from, to) : disk.rename(from, to);
  },
  watch(path: string, ...rest: unknown[]) {
    // Notices of the kernel can be missed: whoever waits for one must look by itself too.
    if (diskOf(path) !== null) throw Object.assign(new Error('no notices here'), { code: 'ENOSPC' });
    return Reflect.apply(real.fs.watch, fs, [path, ...rest]);
  },
};

let isInstalled = false;

/**
 * Puts time, chance, network and files of the world in the place of this machine's, for code that runs in a world and
 * for no other. Done once in a process, before the first world.
 */
export function installCalls(): void {
  if (isInstalled) return;
  isInstalled = true;
  Object.assign(globalThis, {
    setTimeout: timerOf(false, real.setTimeout),
    setInterval: timerOf(true, real.setInterval),
    setImmediate,
    clearTimeout: clearOf((timer) => real.clearTimeout(timer as NodeJS.Timeout)),
    clearInterval: clearOf((timer) => real.clearInterval(timer as NodeJS.Timeout)),
    Date: SimulatedDate,
    WebSocket: SimulatedWebSocket,
  });
  performance.now = () => {
    const at = inside();
    return at === null ? real.now() : at.timeline.monotonicMs(at.process.host);
  };
  Math.random = () => inside()?.timeline.chance.next() ?? real.random();
  AbortSignal.timeout = timeoutSignal;
  Object.assign(timers, { setTimeout: pause });
  Object.assign(crypto, { randomBytes });
  Object.assign(fs, files);
  syncBuiltinESMExports();
}
