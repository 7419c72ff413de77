/**
 * Loaded into a real hub or agent before its own code (`NODE_OPTIONS=--import …`). It names the steps by which the process
 * touches the world, and ends the process with SIGKILL before or after the step that the control file asks for.
 *
 * `FAULTS_DIR` is the folder where it is told what to do and tells what it did:
 *   control.json   {"serial":7,"label":"commit action.approved","nth":1,"when":"after"}, or {"serial":7,"record":true};
 *                  steps are counted anew for each serial
 *   kills.jsonl    one line for each kill, written before it
 *   steps.jsonl    one line for each step, while recording
 * Whoever removes the control file decides: the process that is to die does it first, and does not die if it was gone.
 */
import fs from 'node:fs';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { isMainThread } from 'node:worker_threads';

const folder = process.env['FAULTS_DIR'] ?? '';
const { appendFileSync, readFileSync, unlinkSync, writeSync, fdatasyncSync, fsyncSync, renameSync } = fs;

/** @typedef {{ serial: number, record?: boolean, label?: string, nth?: number, when?: 'before' | 'after' }} Control */

let countedSerial = -1;
/** How often each step has been taken for this serial. @type {Map<string, number>} */
const taken = new Map();

/** @returns {Control | null} */
function control() {
  try {
    return JSON.parse(readFileSync(`${folder}/control.json`, 'utf8'));
  } catch {
    return null;
  }
}

/** @param {Control} told @param {string} label @param {number} nth */
function die(told, label, nth) {
  try {
    unlinkSync(`${folder}/control.json`);
  } catch {
    return;
  }
  const line = { serial: told.serial, label, nth, when: told.when };
  appendFileSync(`${folder}/kills.jsonl`, `${JSON.stringify(line)}\n`);
  process.kill(process.pid, 'SIGKILL');
}

/**
 * Takes a step. `later` is for what the kernel gets only when this turn of the event loop is over: a socket's bytes.
 * @template T @param {string | null} label @param {() => T} act @param {{ later?: boolean }} [how] @returns {T}
 */
function step(label, act, { later = false } = {}) {
  const told = label === null ? null : control();
  if (label === null || told === null) return act();
  if (told.serial !== countedSerial) taken.clear();
  countedSerial = told.serial;
  const nth = (taken.get(label) ?? 0) + 1;
  taken.set(label, nth);
  if (told.record === true)
    appendFileSync(`${folder}/steps.jsonl`, `${JSON.stringify({ serial: told.serial, label, nth })}\n`);
  const isMeant = told.label === label && told.nth === nth;
  if (isMeant && told.when === 'before') die(told, label, nth);
  const result = act();
  if (isMeant && told.when === 'after') {
    if (later) setImmediate(() => die(told, label, nth));
    else die(told, label, nth);
  }
  return result;
}

/** @param {unknown} chunk */
function textOf(chunk) {
  if (typeof chunk === 'string') return chunk;
  return chunk instanceof Uint8Array ? Buffer.from(chunk.subarray(0, 4096)).toString('latin1') : '';
}

/** Frames that say nothing about an order and come by the clock. */
const BY_THE_CLOCK = new Set(['beat', 'metrics']);

/** @param {string} text */
function frameLabel(text) {
  const type = /^\{"v":\d+,"type":"(\w+)"/.exec(text)?.[1];
  if (type === undefined || BY_THE_CLOCK.has(type)) return null;
  const detail = type === 'order_progress' ? ` ${/"step":"(\w+)"/.exec(text)?.[1] ?? ''}` : '';
  return `send ${type}${detail}`;
}

/** What is asked of the restart script, and what it answers. */
function watchSockets() {
  const { write } = net.Socket.prototype;
  net.Socket.prototype.write = function (...given) {
    const text = textOf(given[0]);
    const asked = /^(restart|reset-and-restart|fence) [0-9a-f-]{36} /.exec(text)?.[1];
    const label = asked === undefined ? frameLabel(text) : `ask ${asked}`;
    return step(label, () => Reflect.apply(write, this, given), { later: true });
  };
  const { push } = net.Socket.prototype;
  net.Socket.prototype.push = function (...given) {
    const heard = /^(started|done|claimed|fenced|refused)\b/.exec(textOf(given[0]))?.[1];
    return step(heard === undefined ? null : `hear ${heard}`, () => Reflect.apply(push, this, given));
  };
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (data) {
    return step(frameLabel(textOf(data)), () => Reflect.apply(send, this, [data]), { later: true });
  };
}

/** Answers to whoever changes something. */
function watchAnswers() {
  const { end } = http.ServerResponse.prototype;
  Object.defineProperty(http.ServerResponse.prototype, 'end', {
    /** @this {http.ServerResponse} @param {unknown[]} given */
    value: function (...given) {
      const { method, url = '' } = this.req;
      const verb = url.split('?')[0]?.split('/').at(-1);
      const label = method === 'GET' ? null : `answer ${method} ${verb}`;
      return step(label, () => Reflect.apply(end, this, given), { later: true });
    },
  });
}

/** What is appended to a journal, and its way to the disk. */
function watchFiles() {
  /** @type {Map<number, string>} */
  const written = new Map();
  /** @param {unknown} data */
  const entryOf = (data) => /^\s*\{"kind":"(\w+)"/.exec(textOf(data))?.[1];
  /** @param {number} descriptor @param {unknown[]} rest */
  const tracedWrite = (descriptor, ...rest) => {
    const entry = entryOf(rest[0]);
    if (entry !== undefined) written.set(descriptor, entry);
    const label = entry === undefined ? null : `write ${entry}`;
    return step(label, () => Reflect.apply(writeSync, fs, [descriptor, ...rest]));
  };
  fs.writeSync = /** @type {typeof fs.writeSync} */ (tracedWrite);
  fs.fdatasyncSync = (descriptor) =>
    step(`sync ${written.get(descriptor) ?? 'file'}`, () => fdatasyncSync(descriptor));
  fs.fsyncSync = (descriptor) => step('sync file', () => fsyncSync(descriptor));
  fs.renameSync = (from, to) => step(`rename to ${String(to).split('/').at(-1)}`, () => renameSync(from, to));
}

/** @typedef {{ isOpen: boolean, facts: string[], tables: string[] }} Transaction */

/** Every change that goes to the store, and every commit by the facts that it holds. */
async function watchStore() {
  const { DatabaseSync, StatementSync } = await import('node:sqlite');
  /** @type {WeakMap<object, Transaction>} */
  const transactions = new WeakMap();
  /** @type {WeakMap<object, { sql: string, transaction: Transaction }>} */
  const statements = new WeakMap();
  /** @param {object} database */
  const transactionOf = (database) => {
    const transaction = transactions.get(database) ?? { isOpen: false, facts: [], tables: [] };
    transactions.set(database, transaction);
    return transaction;
  };
  const { prepare } = DatabaseSync.prototype;
  DatabaseSync.prototype.prepare = function (sql, ...rest) {
    const statement = Reflect.apply(prepare, this, [sql, ...rest]);
    statements.set(statement, { sql, transaction: transactionOf(this) });
    return statement;
  };
  const { exec } = DatabaseSync.prototype;
  DatabaseSync.prototype.exec = function (sql) {
    const label = sqlLabel(sql, [], transactionOf(this));
    return step(label, () => Reflect.apply(exec, this, [sql]));
  };
  for (const name of /** @type {const} */ (['run', 'get', 'all'])) {
    const original = StatementSync.prototype[name];
    Object.defineProperty(StatementSync.prototype, name, {
      value: function (/** @type {unknown[]} */ ...given) {
        const known = statements.get(this);
        const label = known === undefined ? null : sqlLabel(known.sql, given, known.transaction);
        return step(label, () => Reflect.apply(original, this, given));
      },
    });
  }
}

/** @param {string} sql @param {unknown[]} given @param {Transaction} transaction */
function sqlLabel(sql, given, transaction) {
  const [, verb = '', table = ''] =
    /^\s*(begin|commit|rollback|insert into|update|delete from)\b\s*"?(\w*)/i.exec(sql) ?? [];
  const word = verb.toLowerCase().split(' ')[0];
  if (word === '' || word === undefined) return null;
  if (word === 'begin' || word === 'rollback') {
    Object.assign(transaction, { isOpen: word === 'begin', facts: [], tables: [] });
    return null;
  }
  if (word === 'commit') {
    const { facts, tables } = transaction;
    Object.assign(transaction, { isOpen: false, facts: [], tables: [] });
    // One that only read has nothing to lose.
    const what = [...new Set(facts.length > 0 ? facts : tables)].join(' + ');
    return what === '' ? null : `commit ${what}`;
  }
  if (!transaction.isOpen) return `commit ${word} ${table}`;
  transaction.tables.push(table);
  if (table === 'events') transaction.facts.push(factIn(given));
  return `${word} ${table}`;
}

/** @param {unknown[]} given the columns of an event; one of them is its type, such as `action.approved` */
function factIn(given) {
  return String(given.find((value) => typeof value === 'string' && /^[a-z_]+\.[a-z_]+$/.test(value)));
}

if (isMainThread && folder !== '') {
  watchSockets();
  watchFiles();
  if (process.env['FAULTS_SIDE'] === 'hub') {
    watchAnswers();
    await watchStore();
  }
  syncBuiltinESMExports();
}
