#!/usr/bin/env node
import './cli/young-heap.ts';
import { runCommand } from './cli/run.ts';

const OLDEST_NODE = [24, 7] as const;

function isNodeTooOld(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
}

async function main(): Promise<number> {
  if (isNodeTooOld()) {
    process.stderr.write(
      `HomelabCmd needs Node.js ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}.\n`,
    );
    return 1;
  }
  return runCommand(process.argv.slice(2), {
    environment: process.env,
    out: process.stdout,
    err: process.stderr,
  });
}

process.exitCode = await main();
