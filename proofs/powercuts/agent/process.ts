/** The process that is recorded: frames of the hub come in as lines, those to the hub go out as lines. */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { HubFrame } from '@homelabcmd/protocol';
import { hurryTime } from './hurry.ts';
import { groundIn } from './script.ts';
import { openServer } from './server.ts';

// Longer than a script takes that is at work here.
using _hurried = hurryTime(3000);
const server = await openServer(groundIn(process.argv[2] ?? ''), (frame) => {
  writeSync(1, `${JSON.stringify(frame)}\n`);
});
for await (const line of createInterface({ input: process.stdin }))
  server.take(HubFrame.parse(JSON.parse(line)));
