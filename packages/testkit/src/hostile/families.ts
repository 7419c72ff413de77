/**
 * Families of texts that somebody sends where a name or a sentence is expected. Each is a few ways to do harm; `corpus.ts` puts them
 * together. Whatever would run sets `wasRun` of the page, so that a test can look for it.
 */
const RUN = 'window.wasRun=true';
const code = (point: number): string => String.fromCodePoint(point);
const codes = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => code(from + at));

const TAGS = ['img', 'svg', 'video', 'body', 'details', 'iframe', 'input', 'object', 'math', 'custom-tag'];
const EVENTS = [
  'onerror',
  'onload',
  'onfocus',
  'ontoggle',
  'onmouseover',
  'onanimationstart',
  'onbeforeinput',
];

/** Elements that would run something, or bring something from elsewhere. */
const markup = [
  `<script>${RUN}</script>`,
  `<ScRiPt>${RUN}</sCrIpT>`,
  `<script src=//127.0.0.1:9/x.js></script>`,
  `</script><script>${RUN}</script>`,
  `</title><script>${RUN}</script>`,
  `</textarea><img src=x onerror=${RUN}>`,
  `<!--><script>${RUN}</script-->`,
  `<![CDATA[<script>${RUN}</script>]]>`,
  `<svg><script>${RUN}</script></svg>`,
  `<iframe srcdoc="<script>parent.wasRun=true</script>"></iframe>`,
  `<math><mi xlink:href="javascript:${RUN}">x</mi></math>`,
  `<style>@import'//127.0.0.1:9/x.css';*{display:none}</style>`,
  `<link rel=stylesheet href=//127.0.0.1:9/x.css>`,
  `<base href=//127.0.0.1:9/>`,
  `<meta http-equiv=refresh content="0;url=javascript:${RUN}">`,
  `<form action=javascript:${RUN}><button>Approve</button></form>`,
  `<a href="javascript:${RUN}">Approve</a>`,
  `<img src=x onerror=${RUN}//`,
  `<<img src=x onerror=${RUN}>`,
  `<template><img src=x onerror=${RUN}></template>`,
  `<noscript><p title="</noscript><img src=x onerror=${RUN}>">`,
  ...TAGS.flatMap((tag) =>
    EVENTS.map((event) => `<${tag} src=x ${event}="${RUN}" autofocus tabindex=0 open>`),
  ),
];

/** What ends an attribute, an element or a text of a script, where a text was put together by hand. */
const breakouts = [
  '"',
  "'",
  '`',
  '">',
  "'>",
  '-->',
  ']]>',
  '*/',
  '\\',
  '\\"',
  '${',
  '{{',
  '&quot;',
  '&#34;',
  '%22',
].flatMap((end) => [
  `${end} onmouseover=${RUN} x=${end}`,
  `${end};${RUN};//`,
  `${end}<img src=x onerror=${RUN}>`,
]);

const templates = [
  '{{X}}',
  '${X}',
  '#{X}',
  '<%= X %>',
  '{%X%}',
  '{{{X}}}',
  '[[X]]',
  '$(X)',
  '`X`',
  '%{X}',
  '@{X}',
  '{X}',
].flatMap((shape) =>
  ['7*7', RUN, 'constructor.constructor("return this")()', '__proto__'].map((what) =>
    shape.replace('X', () => what),
  ),
);

const addresses = [
  ...[
    'javascript:',
    'JaVaScRiPt:',
    ' javascript:',
    'java\tscript:',
    'java\nscript:',
    '\u0001javascript:',
    'javascript&colon;',
    'vbscript:',
  ].map((scheme) => `${scheme}${RUN}`),
  `data:text/html,<script>${RUN}</script>`,
  'data:text/html;base64,PHNjcmlwdD53aW5kb3cud2FzUnVuPXRydWU8L3NjcmlwdD4=',
  ...['file:///etc/passwd', '//127.0.0.1:9/x', 'http://169.254.169.254/latest/meta-data/', 'blob:null/x'],
  ...['../../../../etc/passwd', '..%2f..%2f', '/settings/keys', '?q=<script>', '#/../', '\\\\127.0.0.1\\x'],
];

/** Every control character, alone within a name. */
const controls = [...codes(0, 0x1f), ...codes(0x7f, 0x9f)].map((character) => `plex${character}.service`);

const ESC = '\u001B';
/** What a terminal would do: colour, clear, move, set the title or the clipboard, ring, print over what stood there. */
const terminal = [
  '[2J',
  '[31m',
  '[0;0H',
  '[1A[2K',
  ']0;owned\u0007',
  ']52;c;cm0gLXJm\u0007',
  ']8;;http://x\u0007x',
  'c',
  '[?1049h',
  'P$q',
  '[6n',
  '(0',
  '#8',
].flatMap((sequence) => [
  `${ESC}${sequence}done`,
  `\u009B${sequence.replace(/^[[\]]/, '')}done`,
  `ok\r${ESC}${sequence}all is well`,
]);

/** What turns the direction of writing, what has no width, and what a font draws as nothing. */
const invisible = [
  ...codes(0x202a, 0x202e),
  ...codes(0x2066, 0x2069),
  ...codes(0x200b, 0x200f),
  ...codes(0x2060, 0x2064),
  ...codes(0xfe00, 0xfe03),
  ...codes(0xe0041, 0xe0044),
  ...[
    '\u061C',
    '\uFEFF',
    '\u00AD',
    '\u034F',
    '\u115F',
    '\u1160',
    '\u17B4',
    '\u180E',
    '\u3164',
    '\uFFA0',
    '\u{1D173}',
    '\uFFF9',
    '\u2028',
    '\u2029',
  ],
].flatMap((character) => [
  `plex${character}.service`,
  `${character}ecivres.xelp`,
  `a${character}\u2069${character}b`,
]);

/** Lines that would be a line of a log, had the text before them ended one. */
const forgedLines = ['\n', '\r', '\r\n', '\u0085', '\u2028', '\u2029', '\v', '\f', '\\n', '%0a'].flatMap(
  (end) => [
    `it ended${end}{"level":"info","msg":"forged"}`,
    `it ended${end}Nov 30 08:00:00 hub systemd[1]: forged`,
    `it ended"}${end}{"level":30,"msg":"forged"}`,
  ],
);

const FORMULAS = [
  "cmd|' /C calc'!A0",
  '1+1',
  'HYPERLINK("http://127.0.0.1:9/","open")',
  'SUM(1;2)',
  'DDE("cmd";"/C calc";"x")',
];
const formulas = [
  '=',
  '+',
  '-',
  '@',
  '\t=',
  '\r=',
  '\n=',
  ' =',
  '\u00A0=',
  '\uFEFF=',
  '\0=',
  '\u200B=',
  '＝',
  '＋',
  '－',
  '＠',
  '"=',
  ';=',
  "'=",
]
  .flatMap((begin) => FORMULAS.slice(0, 3).map((formula) => begin + formula))
  .concat(
    FORMULAS.map((formula) => `a",=${formula}`),
    FORMULAS.map((formula) => `=${formula}`),
  );

const halves = ['\uD800', '\uDC00', '\uDBFF', '\uDFFF'].flatMap((half) => [
  half,
  `a${half}b`,
  `${half}${half}`,
  `\u202E${half}`,
]);

/** What other languages would do with it, should it ever reach one. */
const injections = [
  "' OR '1'='1",
  "'; DROP TABLE actions; --",
  '$(reboot)',
  '`reboot`',
  '; reboot',
  '| reboot',
  '&& reboot',
  '--help',
  '-rf /',
  '%s%s%n',
  '{"__proto__":{"x":1}}',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  'NaN',
  '[object Object]',
  '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>',
  '!!js/function >',
  '*.service',
  '\\x2d\\x2e',
  'plex.service\nExecStart=/bin/sh',
  'a b',
  ' ',
  '  plex  ',
  '.',
  '..',
  '/',
  '\\',
  '%',
  '%00',
  '%zz',
  '#',
  '?',
  '&',
  '\u00A0',
];

/** Names that look like another, and marks that are piled on one letter. */
const lookalikes = [
  'рlex.service',
  'plеx.service',
  'ｐｌｅｘ.service',
  'plex․service',
  'plex.service\u00A0',
  'שלום עולם',
  'مرحبا plex 123',
  `p${'\u0301'.repeat(60)}lex`,
  `${'\u0E47'.repeat(80)}`,
  '👩‍👩‍👧‍👦',
  '🏳️‍🌈\u202E',
  '１２３',
  '𝓅𝓁𝑒𝓍',
  'ﷺ'.repeat(20),
];

const long = ['A', '<', '\u202E', '😀', ' a', '\n', '&lt;', '"', '\u0301', 'ﷺ'].flatMap((piece) => [
  piece.repeat(200),
  piece.repeat(5000),
]);

export const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  ...{ markup, breakouts, templates, addresses, controls, terminal, invisible },
  ...{ forgedLines, formulas, halves, injections, lookalikes, long },
};
