const HIDDEN = '***';

/** Words that say that what follows them is a secret. */
const NAME =
  'pass(?:word|wd|phrase)?|pwd|secret|token|signature|api[-_]?key|access[-_]?key|private[-_]?key|credentials?';
/** A value in quotes, also where these are escaped or never end, or up to the next blank or separator. */
const VALUE = String.raw`\\"(?:[^"\\]|\\(?!"))*(?:\\")?|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s,;&"'}\])\\]+`;

interface Pattern {
  /** `keep`, where it is named, is left as it is; the rest of what is found is hidden. */
  readonly find: RegExp;
  /** As it stands in a journal. */
  readonly example: string;
}

/**
 * What looks like a secret, in the order in which it is looked for. Each is read in a time that grows with the text and no faster:
 * what may repeat is bounded, or ends where the next may begin.
 */
export const PATTERNS: readonly Pattern[] = [
  {
    example: '-----BEGIN EC PRIVATE KEY----- MHcCAQEE… -----END EC PRIVATE KEY-----',
    find: /(?<keep>-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)[\s\S]*?(?:-----END [A-Z0-9 ]{0,60}-----|$)/g,
  },
  {
    // A key comes as one line of the journal after the other: one that is nothing but base64, of the length that keys are written in.
    example: 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj',
    find: /^(?=[^A-Z]{0,80}[A-Z])(?=[^a-z]{0,80}[a-z])(?=[^0-9]{0,80}[0-9])[A-Za-z0-9+/]{60,76}={0,2}$/g,
  },
  {
    example: 'Authorization: Bearer eyJhbGciOi.J9.x',
    find: /(?<keep>\bauthorization\\?["']?\s{0,8}[=:]\s{0,8}\\?["']?)(?:digest\s[^\n]*|(?:(?:bearer|basic|token|negotiate)\s{1,8})?[^\s"',;\\]+)/gi,
  },
  {
    example: 'Set-Cookie: session=abcdef; Path=/',
    find: /(?<keep>\b(?:set-)?cookie["']?\s{0,8}:\s{0,8}["']?)[^\s"'][^"']*/gi,
  },
  {
    example: 'sent bearer abcdef123456 to peer',
    find: /(?<keep>\b(?:[Bb]earer|[Bb]asic|BEARER|BASIC)\s{1,8})(?=\S{0,200}?(?:[0-9=]|[a-z][A-Z]))[A-Za-z0-9+/=._~-]{8,}/g,
  },
  { example: 'DB_PASSWORD="two words" set', find: named(String.raw`[=:]|\s-{0,2}(?=\\?["'])`) },
  {
    example: 'mysqldump --password s3cr3t --all-databases',
    find: new RegExp(String.raw`(?<keep>--?(?:[a-z0-9]{1,20}[-_]){0,3}(?:${NAME})\s{1,8})(?:${VALUE})`, 'gi'),
  },
  {
    example: 'curl -u admin:s3cr3t http://nas',
    find: /(?<keep>\bcurl\b[^\n]{0,200}?\s(?:-u|--user|--proxy-user)[\s=]{1,8}["']?[^\s:"']{1,100}:)[^\s"']+/g,
  },
  { example: 'sshpass -p s3cr3t ssh nas', find: /(?<keep>\bsshpass\s{1,8}-p\s{0,8})\S+/g },
  {
    example: 'postgres://plex:s3cr3t@db:5432/x',
    find: /(?<keep>(?<![\w+.-])[a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@]{0,200}:)[^\s@/]{1,500}(?=@)/gi,
  },
  {
    example: 'session eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl',
    find: /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  },
  { example: 'AWS key AKIAIOSFODNN7EXAMPLE', find: /\b(?<keep>AKIA|ASIA)[A-Z0-9]{16}\b/g },
  {
    example: 'pushed with ghp_0123456789abcdefghijABCDEFGHIJ012345',
    find: /(?<![\w-])(?<keep>gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|sk-|hvs\.|AIza)[\w-]{20,}/g,
  },
  { example: 'enrolled by hlce_0123456789abcdef', find: /\b(?<keep>hlc[a-z]_)[\w-]+/g },
];

function named(between: string): RegExp {
  // The folder that a shell is in, alone, is called as a password is.
  const folder = String.raw`(?!(?<=\bpwd=)/)`;
  return new RegExp(
    String.raw`(?<keep>(?:${NAME})\\?["']?\s{0,8}(?:${between})\s{0,8})${folder}(?:${VALUE})`,
    'gi',
  );
}

/** Hides values that look like secrets in a text from the server. It errs on the side of hiding, and knows what it knows. */
export function maskSecrets(text: string): string {
  return PATTERNS.reduce((masked, { find }) => masked.replace(find, hide), text);
}

function hide(...found: unknown[]): string {
  const groups = found.at(-1) as { keep?: string } | string;
  return `${(typeof groups === 'object' && groups.keep) || ''}${HIDDEN}`;
}
