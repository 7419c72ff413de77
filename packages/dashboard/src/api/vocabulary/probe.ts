import type { Probe } from '@homelabcmd/protocol';

export const PROBE_TARGETS_FILE = '/etc/homelabcmd/probe-targets';

const DEFAULT_PORTS: Partial<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** `10 s`, `0.5 s`. */
const seconds = (ms: number): string => `${ms / 1000} s`;

/** The one target that a probe asks: `127.0.0.1:8080`. */
function probeTarget(probe: Probe): string {
  if (probe.kind === 'tcp')
    return probe.host.includes(':') ? `[${probe.host}]:${probe.port}` : `${probe.host}:${probe.port}`;
  const { hostname, port, protocol } = new URL(probe.url);
  return `${hostname}:${port === '' ? (DEFAULT_PORTS[protocol] ?? '') : port}`;
}

/** What a probe asks, in one sentence. */
export function probeQuestion(probe: Probe): string {
  const pace = `every ${seconds(probe.interval_ms)}`;
  if (probe.kind === 'tcp') return `Whether ${probeTarget(probe)} takes a connection, ${pace}.`;
  const status = probe.expect_status === null ? 'a status from 200 to 399' : `status ${probe.expect_status}`;
  const body = probe.expect_body === null ? '' : ` and “${probe.expect_body}” in the page`;
  return `${probe.url} for ${status}${body}, ${pace}.`;
}

/** When a probe counts as unanswered. */
export function probeRule(probe: Probe): string {
  const count = probe.failures_before_down;
  const failures = count === 1 ? 'One failure means' : `${count} failures in a row mean`;
  return `It waits ${seconds(probe.timeout_ms)} for an answer. ${failures} that it does not answer.`;
}

/** What is safe inside the quotes of a command that a person copies. */
const PLAIN_TARGET = /^[A-Za-z0-9.:_[\]-]+$/;

/** What root types on the server to allow a probe, or `null` where its target is no plain text. */
export function allowProbeCommand(probe: Probe): string | null {
  const target = probeTarget(probe);
  return PLAIN_TARGET.test(target) ? `echo '${target}' >> ${PROBE_TARGETS_FILE}` : null;
}

export const probeNotAllowedTitle = (serverId: string): string =>
  `${serverId} does not allow this probe yet.`;
