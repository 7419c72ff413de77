import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { NO_READINGS, ServiceName } from '@homelabcmd/protocol';
import { hostileTexts } from '@homelabcmd/testkit/hostile';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { connectAgent, FACTS, failedReport, report } from '../../test/agent-fixture.ts';
import { API_KEY, disposableFolder, startTestHub, type TestHub } from '../../test/hub-fixture.ts';
import { readScrape, valueIn } from '../../test/figures/scraped.ts';
import { TestStream } from '../../test/stream-fixture.ts';

const RULES = resolve(import.meta.dirname, '../../../../deploy/prometheus');
const BEARER = { authorization: `Bearer ${API_KEY}` };

async function scrape(hub: TestHub): Promise<string> {
  const response = await fetch(`${hub.url}/metrics`, { headers: BEARER });
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  return response.text();
}

const MOST_AT_ONCE = 500;

/** A hub with something of everything. */
async function fill(hub: TestHub) {
  const agent = await connectAgent(hub, 'nas');
  const names = ['plex', 'sonarr', 'a\\x2db', ...hostileTexts.filter(isTaken)];
  const services = [...new Set(names)].map((service_name) => ({
    ...{ service_name, critical: service_name === 'plex' },
  }));
  for (let n = 0; n < services.length; n += MOST_AT_ONCE) {
    const some = { services: services.slice(n, n + MOST_AT_ONCE) };
    expect((await hub.call('POST', '/servers/nas/services/bulk', some)).status).toBe(200);
  }
  agent.reports([failedReport('plex.service'), report('sonarr.service'), report('a\\x2db.service')], true);
  const sample = { ...NO_READINGS, cpu_percent: 50, memory_used_bytes: 1e9, memory_total_bytes: 4e9 };
  const disks = [
    { mount: '/', used_bytes: 1, total_bytes: 4 },
    { mount: '/media', used_bytes: 3, total_bytes: 4 },
  ];
  agent.send({ v: 2, type: 'metrics', sample: { ...sample, disks }, services: [] });
  agent.obey();
  await hub.orderRestart('nas', 'plex');
  await expect.poll(async () => (await hub.action(1)).status).toBe('completed');
  await hub.restart('nas', 'sonarr');
  await hub.addServer('attic');
  await agent.settled();
  return agent;
}

const isTaken = (name: string) => ServiceName.safeParse(name).success;

test('Prometheus is told of the fleet, its services, its actions, its agents and the hub itself', async () => {
  await using hub = await startTestHub();
  await using _agent = await fill(hub);
  await using stream = await TestStream.open(hub);
  await stream.first('hello');
  // How actions end is counted by whoever follows the log.
  const counted = async () => {
    const told = readScrape(await scrape(hub));
    return [
      valueIn(told, 'homelabcmd_actions_requested_total'),
      valueIn(told, 'homelabcmd_actions_ended_total', { outcome: 'completed' }),
    ];
  };
  await expect.poll(counted).toEqual([2, 1]);
  const series = readScrape(await scrape(hub));
  const of = (name: string, labels?: Record<string, string>) => valueIn(series, `homelabcmd_${name}`, labels);
  expect(of('servers', { liveness: 'online' })).toBe(1);
  expect(of('servers', { liveness: 'never_seen' })).toBe(1);
  expect([of('server_up', { server: 'nas' }), of('server_up', { server: 'attic' })]).toEqual([1, undefined]);
  expect(of('server_cpu_ratio')).toBe(0.5);
  expect([of('server_memory_used_bytes'), of('server_memory_total_bytes')]).toEqual([1e9, 4e9]);
  expect([of('server_disk_fullest_ratio'), of('server_load1')]).toEqual([0.75, undefined]);
  expect(of('service_up', { service: 'plex' })).toBe(0);
  expect(of('service_up', { service: 'plex', critical: 'yes' })).toBe(0);
  expect(of('service_up', { service: 'sonarr', critical: 'no' })).toBe(1);
  expect(of('service_up', { service: 'a\\x2db' })).toBe(1);
  expect(of('services', { condition: 'failed' })).toBe(1);
  expect(of('actions_open', { status: 'pending' })).toBe(1);
  expect(of('actions_ended_total', { outcome: 'failed' })).toBe(0);
  expect(of('agent_info', { server: 'nas', version: '0.1.0' })).toBe(1);
  expect([of('agents_connected'), of('agent_connections_total'), of('streams_open')]).toEqual([1, 1, 1]);
  expect(of('event_log_head')).toBeGreaterThan(5);
  expect(of('store_size_bytes')).toBeGreaterThan(4096);
  expect(of('http_request_duration_seconds_count', { method: 'POST', status: '2xx' })).toBeGreaterThan(3);
  expect(valueIn(series, 'process_resident_memory_bytes')).toBeGreaterThan(1e7);
  expect(valueIn(series, 'process_open_fds')).toBeGreaterThan(3);
});

test('what changes is told by the next scrape, and a server that goes takes its services with it', async () => {
  await using hub = await startTestHub();
  const agent = await fill(hub);
  const up = async (name: string, labels: Record<string, string>) =>
    valueIn(readScrape(await scrape(hub)), `homelabcmd_${name}_up`, labels);
  expect(await up('service', { service: 'sonarr' })).toBe(1);
  agent.reports([failedReport('sonarr.service')]);
  await agent.settled();
  expect(await up('service', { service: 'sonarr' })).toBe(0);
  await agent[Symbol.asyncDispose]();
  await expect.poll(() => up('server', { server: 'nas' })).toBe(0);
  expect(await up('service', { service: 'sonarr' })).toBeUndefined();
  await hub.call('DELETE', '/servers/nas?force=true');
  expect(await up('server', { server: 'nas' })).toBeUndefined();
});

test('a version that is written like none makes no series of its own', async () => {
  await using hub = await startTestHub();
  await using _agent = await connectAgent(hub, 'nas', { facts: { ...FACTS, agent_version: 'x"} 1\n' } });
  expect(valueIn(readScrape(await scrape(hub)), 'homelabcmd_agent_info', { version: 'other' })).toBe(1);
});

test('below a base path it is below that, and without a key it tells nothing', async () => {
  await using hub = await startTestHub({ basePath: '/lab' });
  expect(await scrape(hub)).toContain('homelabcmd_hub_info');
  const stranger = await fetch(`${hub.url}/metrics`);
  expect([stranger.status, stranger.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  expect(await stranger.text()).not.toContain('homelabcmd_');
});

const problem = whatIsMissing();

describe.skipIf(problem !== null)(`by Prometheus' own tool${problem ? `: ${problem}` : ''}`, () => {
  test('promtool finds nothing wrong with what a real hub tells', async () => {
    await using hub = await startTestHub();
    await using _agent = await fill(hub);
    await scrape(hub);
    const input = await scrape(hub);
    expect(input).toContain('_bucket{');
    expect(promtool(['check', 'metrics'], input)).toBe('');
    expect(() => promtool(['check', 'metrics'], 'homelabcmd_wrong{ 1\n')).toThrow(
      /Command failed: promtool check metrics/,
    );
  });

  test('promtool finds nothing wrong with the example of docs/prometheus.md', () => {
    const document = readFileSync(`${RULES}/../../docs/prometheus.md`, 'utf8');
    const [, example = ''] = /```yaml\n([^]*?)```/.exec(document) ?? [];
    using folder = disposableFolder();
    writeFileSync(`${folder.path}/prometheus.yml`, example);
    expect(promtool(['check', 'config', '--syntax-only', `${folder.path}/prometheus.yml`])).toContain(
      'SUCCESS',
    );
  });

  test('promtool finds nothing wrong with the rules, and they fire when they should', () => {
    expect(promtool(['check', 'rules', 'homelabcmd-rules.yml'])).toMatch(/SUCCESS: 13 rules/);
    expect(promtool(['test', 'rules', 'homelabcmd-rules.tests.yml'])).toContain('SUCCESS');
  });
});

test('a live stream, which lasts as long as its reader stays, is counted as open and not as a slow request', async () => {
  await using hub = await startTestHub();
  const read = async () => {
    const series = readScrape(await scrape(hub));
    return {
      open: valueIn(series, 'homelabcmd_streams_open'),
      answered: valueIn(series, 'homelabcmd_http_request_duration_seconds_count', { method: 'GET' }) ?? 0,
    };
  };
  expect(await read()).toEqual({ open: 0, answered: 0 });
  const made = await hub.call<{ key: { key_id: string }; secret: string }>('POST', '/keys', {
    ...{ name: 'reader', scopes: ['read'] },
  });
  await using stream = await TestStream.open(hub, undefined, { 'x-api-key': made.body.secret });
  await stream.first('hello');
  // A scrape is counted once it has been answered.
  expect(await read()).toEqual({ open: 1, answered: 1 });
  await hub.call('DELETE', `/keys/${made.body.key.key_id}`);
  await stream.ended();
  let scrapes = 2;
  await expect.poll(async () => ({ ...(await read()), scrapes: scrapes++ })).toMatchObject({ open: 0 });
  expect(await read()).toEqual({ open: 0, answered: scrapes });
});

test('docs/prometheus.md names every metric, and none that is not there', async () => {
  await using hub = await startTestHub();
  await using _agent = await fill(hub);
  const told = (await scrape(hub)).matchAll(/^# TYPE (\w+)/gm);
  const document = readFileSync(`${RULES}/../../docs/prometheus.md`, 'utf8');
  const table = document.slice(document.indexOf('| metric |'), document.indexOf('Names of servers'));
  const named = [...table.matchAll(/`((?:homelabcmd|process|nodejs)_\w+)`/g)].map(([, name]) => name);
  // Where the hub speaks TLS, and what no agent has told here.
  const rare = ['tls_certificate_end_timestamp_seconds', 'server_load1', 'server_uptime_seconds'];
  const all = [...[...told].map(([, name]) => name), ...rare.map((name) => `homelabcmd_${name}`)];
  expect(new Set(named)).toEqual(new Set(all));
  expect(named).toHaveLength(all.length);
});

test('the rules ask for nothing that a hub does not tell', async () => {
  await using hub = await startTestHub({ tls: null });
  await using _agent = await fill(hub);
  const told = new Set(readScrape(await scrape(hub)).map(({ name }) => name));
  // Only where the hub speaks TLS.
  told.add('homelabcmd_tls_certificate_end_timestamp_seconds');
  const { groups } = parse(readFileSync(`${RULES}/homelabcmd-rules.yml`, 'utf8')) as {
    groups: { rules: { expr: string }[] }[];
  };
  const asked = groups.flatMap(({ rules }) =>
    rules.flatMap(({ expr }) => expr.match(/homelabcmd_\w+/g) ?? []),
  );
  expect(asked.length).toBeGreaterThan(12);
  expect(asked.filter((name) => !told.has(name))).toEqual([]);
});

function promtool(words: readonly string[], input = ''): string {
  return execFileSync('promtool', words, { cwd: RULES, input, encoding: 'utf8', stdio: 'pipe' });
}

function whatIsMissing(): string | null {
  try {
    promtool(['--version']);
    return null;
  } catch {
    return 'promtool is not here (Debian has it in the package prometheus)';
  }
}
