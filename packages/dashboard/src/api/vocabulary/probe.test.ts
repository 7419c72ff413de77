import { Probe } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { allowProbeCommand, probeQuestion, probeRule } from './probe.ts';

const http = (over: object = {}) => Probe.parse({ kind: 'http', url: 'http://127.0.0.1:8080/', ...over });
const tcp = (over: object = {}) => Probe.parse({ kind: 'tcp', port: 5432, ...over });

test.each([
  [http(), 'http://127.0.0.1:8080/ for a status from 200 to 399, every 10 s.'],
  [
    http({ expect_status: 204, expect_body: 'ok', interval_ms: 1500 }),
    'http://127.0.0.1:8080/ for status 204 and “ok” in the page, every 1.5 s.',
  ],
  [tcp(), 'Whether 127.0.0.1:5432 takes a connection, every 10 s.'],
  [tcp({ host: '::1' }), 'Whether [::1]:5432 takes a connection, every 10 s.'],
])('what a probe asks is one sentence: %#', (probe, words) => {
  expect(probeQuestion(probe)).toBe(words);
});

test('when it counts as unanswered is said in seconds', () => {
  expect(probeRule(tcp())).toBe(
    'It waits 5 s for an answer. 3 failures in a row mean that it does not answer.',
  );
  expect(probeRule(tcp({ failures_before_down: 1 }))).toContain('One failure means');
});

test.each([
  [http({ url: 'http://10.0.0.5/' }), '10.0.0.5:80'],
  [http({ url: 'https://nas.lan/x' }), 'nas.lan:443'],
  [tcp({ host: 'fd00::1' }), '[fd00::1]:5432'],
])('the command allows exactly the target: %#', (probe, target) => {
  expect(allowProbeCommand(probe)).toBe(`echo '${target}' >> /etc/homelabcmd/probe-targets`);
});

test('no command is offered for a host that would end its quotes', () => {
  expect(allowProbeCommand(http({ url: "http://a'b/" }))).toBeNull();
});
