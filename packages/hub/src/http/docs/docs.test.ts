import { execFileSync } from 'node:child_process';
import { api, POLICY, EVENTS_PATH, PROBLEMS, type RouteContract } from '@homelabcmd/protocol';
import type { z } from 'zod';
import { beforeAll, expect, test } from 'vitest';
import { startTestHub, type TestHub } from '../../../test/hub-fixture.ts';
import type { OpenApi } from './document.ts';
import { html } from './html.ts';

const ROUTES = Object.entries(api) as [keyof typeof api, RouteContract][];

let hub: TestHub;
let page: Response;
let text: string;
let document: OpenApi;

beforeAll(async () => {
  hub = await startTestHub();
  page = await fetch(`${hub.url}/api/docs`);
  text = await page.text();
  document = (await (await fetch(`${hub.url}/api/openapi.json`)).json()) as OpenApi;
  return () => hub[Symbol.asyncDispose]();
});

const plain = (part: string): string =>
  part
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));

/** The part of the page about one route. */
function articleOf(name: string): string {
  const begin = text.indexOf(`<article aria-labelledby="${name}">`);
  return begin < 0 ? '' : text.slice(begin, text.indexOf('</article>', begin));
}

const exampleOf = (name: string): string =>
  plain(/<h4>Example<\/h4>\n<pre><code>([^]*?)<\/code>/.exec(articleOf(name))?.[1] ?? '');

interface Curl {
  readonly method: string;
  readonly url: URL;
  readonly headers: string[];
  readonly body: string | null;
}

/** What a shell and curl make of an example. */
function curlOf(example: string): Curl {
  const script = `curl() { printf '%s\\0' "$@"; }; HUB=http://hub KEY=the-key; ${example}`;
  const words = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
  const after = (option: string) =>
    words.flatMap((word, n) => (word === option && words[n + 1] !== undefined ? [words[n + 1] ?? ''] : []));
  const headers = after('-H');
  return {
    method: after('-X')[0] ?? 'GET',
    url: new URL(words.at(-1) ?? ''),
    headers,
    body: after('-d')[0] ?? null,
  };
}

test('the page tells every route, and says of each what it answers and what can go wrong', () => {
  for (const [name, { method, path, status }] of ROUTES) {
    const article = plain(articleOf(name));
    expect(article).toContain(`${method} /api/v1${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(article).toContain(String(status));
    for (const code of api[name].problems) expect(article).toContain(`${PROBLEMS[code].status}`);
    expect(text).toContain(`href="#${name}"`);
  }
  expect(plain(articleOf('followEvents'))).toContain(`GET /api/v1${EVENTS_PATH}`);
});

test('every id stands once, every link within the page leads somewhere, and every label is there', () => {
  const all = (pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1] ?? '');
  const ids = all(/ id="([^"]*)"/g);
  expect(ids.filter((id, n) => ids.indexOf(id) !== n)).toEqual([]);
  for (const target of [...all(/href="#([^"]*)"/g), ...all(/aria-labelledby="([^"]*)"/g)])
    expect(ids).toContain(target);
});

test('every reference leads to a shape, and every shape is told', () => {
  const shapes = Object.keys(document.components.schemas);
  for (const [, name] of JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g))
    expect(shapes).toContain(name);
  for (const name of shapes) expect(text).toContain(`id="shape-${name}"`);
  expect(JSON.stringify(document)).not.toContain('#/$defs');
});

test.each(ROUTES)('the example of %s is what the route takes', (name, contract) => {
  const { method, url, headers, body } = curlOf(exampleOf(name));
  expect(method).toBe(contract.method);
  const parts = contract.path.split('/').map((part) => /^:(\w+)$/.exec(part)?.[1] ?? part);
  const given = url.pathname.replace('/api/v1', '').split('/');
  expect(given).toHaveLength(parts.length);
  const params = Object.fromEntries(
    parts.flatMap((part, n) =>
      contract.path.includes(`:${part}`) ? [[part, decodeURIComponent(given[n] ?? '')]] : [],
    ),
  );
  const accepts = (schema: z.ZodType | undefined, value: unknown) =>
    schema === undefined || schema.safeParse(value).success;
  expect([name, params, accepts(contract.params, params)]).toEqual([name, params, true]);
  const query = Object.fromEntries(url.searchParams);
  expect([name, query, accepts(contract.query, query)]).toEqual([name, query, true]);
  const value: unknown = body === null ? undefined : JSON.parse(body);
  expect([name, value, accepts(contract.body, value)]).toEqual([name, value, true]);
  expect(headers.includes('Content-Type: application/json')).toBe(body !== null);
  const isOpen = POLICY.routes[name as keyof typeof api].needs === 'anyone';
  expect(headers.includes('X-API-Key: the-key')).toBe(!(isOpen && contract.method !== 'GET'));
});

test('the page has no script, its own style sheet alone, and a policy that allows no more', async () => {
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(
    policy
      .split(';')
      .map((rule) => rule.trim())
      .toSorted(),
  ).toEqual([
    "base-uri 'none'",
    "default-src 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "img-src 'self'",
    "style-src 'self'",
  ]);
  expect(text).not.toMatch(/<script|<style|\sstyle=|\son\w+=|javascript:|https?:\/\/(?!127\.0\.0\.1)/i);
  const style = await fetch(`${hub.url}/api/docs.css`);
  expect([style.status, style.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
  expect(await style.text()).not.toMatch(/@import|url\(/);
});

test('the page tells nothing of this hub but its version', async () => {
  await hub.addServer('secret-server');
  const again = await (await fetch(`${hub.url}/api/docs`)).text();
  expect(again).toBe(text);
  expect(text).toContain('0.1.0');
});

test('below a base path every address of the page and of the document has it', async () => {
  await using lab = await startTestHub({ basePath: '/lab' });
  const here = await (await fetch(`${lab.url}/api/docs`)).text();
  for (const [, address = ''] of here.matchAll(/(?:href|src)="(\/[^"]*)"/g))
    expect(address).toMatch(/^\/lab\//);
  expect(here).toContain('HUB=http://127.0.0.1:8080/lab');
  const described = (await (await fetch(`${lab.url}/api/openapi.json`)).json()) as OpenApi;
  expect(described.servers).toEqual([{ url: '/lab' }]);
  expect(document.servers).toEqual([{ url: '/' }]);
});

test('what is put into a page is text, whatever it holds', () => {
  const odd = `<script>alert("1")</script> & 'x'`;
  const escaped = '&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62; &#38; &#39;x&#39;';
  expect(html`<p title="${odd}">${odd}</p>`.text).toBe(`<p title="${escaped}">${escaped}</p>`);
  expect(html`${[html`<i>${odd}</i>`, html`<b>1</b>`]}${null}${2}`.text).toBe(`<i>${escaped}</i><b>1</b>2`);
});

test('the document names what can come before a route is known, and to a body that nobody wants', () => {
  const statusesOf = (path: string, method: string) =>
    Object.keys(document.paths[`/api/v1${path}`]?.[method]?.responses ?? {});
  for (const [, { method, path }] of ROUTES) {
    const statuses = statusesOf(path.replaceAll(/:(\w+)/g, '{$1}'), method.toLowerCase());
    expect([path, statuses]).toEqual([path, expect.arrayContaining(['400', '408', '431'])]);
  }
  expect(statusesOf('/session', 'delete')).toEqual(expect.arrayContaining(['413', '415']));
  expect(statusesOf('/account/passkeys', 'get')).toContain('403');
  expect(statusesOf('/events', 'get')).toEqual(expect.arrayContaining(['401', '403', '431']));
});
