const HIDDEN = '***';

/** A name that says that its value is a secret, with what joins the two: `password=`, `"apiKey": `, `--token `. */
const NAMED =
  /((?:pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?)["']?\s*(?:[=:]|\s-{0,2}(?=["']))\s*)("[^"]*"|'[^']*'|[^\s,;&"'}\])]+)/gi;
const OPTION = /(--?(?:pass(?:word|phrase)?|secret|token|api[-_]?key)\s+)(\S+)/gi;
const AUTHORIZATION =
  /(\bauthorization["']?\s*[:=]\s*["']?)(?:(?:bearer|basic|digest|token)\s+)?[^\s"',;]+/gi;
const BEARER = /(\b(?:bearer|basic)\s+)[A-Za-z0-9+/=._~-]{8,}/gi;
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]+:)[^\s@/]+(?=@)/gi;
const OWN_KEYS = /\b(hlc[a-z]_)[A-Za-z0-9_-]+/g;

/** Hides values that look like secrets in a text from the journal. It errs on the side of hiding. */
export function maskSecrets(text: string): string {
  return text
    .replace(AUTHORIZATION, `$1${HIDDEN}`)
    .replace(BEARER, `$1${HIDDEN}`)
    .replace(NAMED, `$1${HIDDEN}`)
    .replace(OPTION, `$1${HIDDEN}`)
    .replace(URL_PASSWORD, `$1${HIDDEN}`)
    .replace(OWN_KEYS, `$1${HIDDEN}`);
}
