/**
 * What is different in every run, and what the pictures show instead. A value that is new to the product is added here,
 * or its element is given `data-varies`, which leaves its place empty.
 */

/** Wherever these words stand. Each is also a pattern's own result, so that what was made steady stays so. */
export const WORDS: readonly (readonly [pattern: RegExp, steady: string])[] = [
  [/\b\d{1,2}:\d\d:\d\d\.\d{3}\b/g, '09:36:12.408'],
  [/\b\d{1,2}:\d\d:\d\d\b(?!\.)/g, '09:36:12'],
  [/\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day \d+ \w+, \d\d:\d\d/g, 'Sunday 22 November, 09:41'],
  [/\b(just now|Yesterday)\b/g, '6 min ago'],
  [/(?<![\d.])\d+(\.\d+)? (ms|s|min|h|d)( \d+(\.\d+)? (s|min|h))?\b/g, '6 min'],
  [/\b\d+(\.\d+)? (KiB|MiB|GiB|TiB)\b/g, '24 MiB'],
  [/(?<![\d.])(?!100 %)\d+(\.\d+)? %/g, '12 %'],
  [/\[\d+\]/g, '[1234]'],
  [/\bPID \d+\b/g, 'PID 1234'],
  [
    /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g,
    '5f3b9c21-7d08-4a6e-9c53-0e1f2a3b4c5d',
  ],
  [/\b([a-z]+)_[\w-]{43}(_[\w-]{22})?(?![\w-])/g, '$1_ThisIsNoSecretItOnlyStandsInThePicturesAsOn'],
  [/\bkey_[0-9a-f]{12}\b/g, 'key_5f3b9c217d08'],
  [/\b[0-9a-f]{64}\b/g, '5f3b9c217d084a6e9c530e1f2a3b4c5d5f3b9c217d084a6e9c530e1f2a3b4c5d'],
  [/\b[0-9a-f]{32}\b/g, '5f3b9c217d084a6e9c530e1f2a3b4c5d'],
  [/\b(?=\w*\d)[0-9a-f]{12}\b/g, '0e1f2a3b4c5d'],
  [/\b[0-9a-f]{8}…/g, '5f3b9c21…'],
  [/\bLast (\d+ journal lines|journal line)\b/g, 'Last 2 journal lines'],
  [/\bof \d+ cores?\b/g, 'of 4 cores'],
  [/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ \w+ \d{4}\b/g, 'Sun 22 Nov 2026'],
  [/\b\d+ \w{3,4}, (?=\d\d:\d\d:\d\d)/g, '22 Nov, '],
  // What happened, above the charts; the days of a year.
  [/, \d\d:\d\d$/g, ', 09:35'],
  [/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ \w{3,4}$/g, 'Sun 22 Nov'],
  [
    /\b(January|February|March|April|May|June|July|August|September|October|November|December) \d{4}\b/g,
    'November 2026',
  ],
  [/\b\d+ steps? with readings/g, '57 steps with readings'],
  [/\b\d+\.?\d* % of the time that it was observed/g, '12 % of the time that it was observed'],
  [/\b\d+ \w{3,4}, \d\d:\d\d\b(?!:)/g, '22 Nov, 09:36'],
  [/\buntil \d\d:\d\d\b(?!:)/g, 'until 09:36'],
  [/\b22 Nov 2026, \d\d:\d\d\b(?!:)/g, '22 Nov 2026, 09:36'],
  [/\b(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}\b/g, 'ABCD EFGH IJKL MNOP QRST UVWX YZ23 4567'],
  // How much there is of what the machine has of its own.
  [/\b[\d,]+ seen, none\b/g, '17 seen, none'],
  [/\b[\d,]+ events?\b/g, '57 events'],
  [/\bChoose from all \d+\b/g, 'Choose from all 17'],
];

const RUNNING = ':is([data-status="running"], [data-status="not_answering"]) .svc-cols';

/** The whole text of an element, where it is made of several. What cannot be known, `–`, stays so in most of them. */
export const WHOLE_TEXTS: readonly (readonly [selector: string, steady: string])[] = [
  ['.chart .read', '12 %'],
  ['.chart-x span', '08:41'],
  ['.chart-top', '100 %'],
  ['.chart-rows :is(td, tbody th)', '12 % (11 % to 13 %)'],
  // What systemd says depends on its version; so does how much it says.
  ['.decide .journal', 'Job for a service failed.\nSee "systemctl status" for details.\n'],
  ['.journal > span:nth-child(1)', '09:36:12.408 systemd[1234]: Main process exited.\n'],
  ['.journal > span:nth-child(2)', "09:36:12.408 systemd[1234]: Failed with result 'signal'."],
  ['.countdown[role="timer"]', '6 min'],
  ['.kids time', '09:36'],

  ['.plus', '+ 6 min'],
  ['.ba tr:nth-child(2) td', '1234'],
  [`${RUNNING} .num.mono`, '1234'],
  [`${RUNNING} .num.reading.wide-col`, '12 %'],
  [`${RUNNING} .num.reading`, '24 MiB'],
  ['[data-liveness="online"] .m > span:first-child', '12 %'],
  ['[data-liveness="online"] .phone-line', 'CPU 12 % · RAM 12 % · Disk 12 %'],
  ['[aria-label="Which services"] button:last-child', 'All 17'],
  ['.ruler-hours span', '08:00'],
  ['.fact-cols .mono.small', '192.168.1.20'],
  ['.show-all', 'Show all (17 hidden)'],
  ['.settings .hub-facts div:nth-child(1) dd', 'HomelabCmd 0.1.0 on Node 24.21.0'],
  ['.settings .hub-facts div:nth-child(2) dd', '6 min since Sun 22 Nov 2026, 09:36:12.408 UTC'],
  ['.settings .hub-facts div:nth-child(3) .note', 'Schema 0001'],
  ['.settings .hub-facts div:nth-child(3) dd', 'SQLite 3.53.0, 24 MiB'],
];

/** Where a reading may not have come by then. */
export const SOON_KNOWN: readonly string[] = [`${RUNNING} .num.reading`, `${RUNNING} .num.mono`];

/** Terms of lists that are there or not, as the machine's systemd or the moment will have it: they and what they say are left out. */
export const UNCERTAIN_TERMS: readonly string[] = ['Memory peak', 'Restarts', 'PID', 'Memory', 'CPU'];

/** Words that are the same in every run, though they look like others that are not. */
export const AS_THEY_ARE: readonly string[] = ['nav.seg'];

/** Nothing moves, and bars are as full as ever. */
export const STEADY_STYLE = `
  *, *::before, *::after { animation: none !important; transition: none !important; caret-color: transparent !important; }
  [data-liveness="online"] .meter i { transform: scaleX(0.12) !important; }
  .bar i { transform: scaleX(0.6) !important; }
  [data-varies], canvas, .spark, .ruler > :not(.ruler-ticks, .ruler-hours) { visibility: hidden !important; }
  /* A reading that the agent may not have taken by then. */
  .ba tr:nth-child(4) { display: none !important; }
  /* What the machine that the lab runs on has installed. */
  section[aria-label="Installed"] { display: none !important; }
  .journal > span:nth-child(n + 3) { display: none !important; }
  [hidden] { display: none !important; }
  /* What the machine that the lab runs on has: sensors, disks, interfaces, swap. */
  [data-chart="disk-io"], [data-chart="temperature"], .chart-legend { display: none !important; }
  .chart-choice, .chart .k > .dimmer:not(.chart-top) { visibility: hidden !important; }
  .chart-rows tbody tr:nth-child(n + 3), .chart-rows :is(td, th):nth-child(n + 3) { display: none !important; }
  [data-sonner-toaster] { display: none !important; }
`;
