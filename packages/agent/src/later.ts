/**
 * Parts of the runtime that most agents never use: the link needs none of them, and together they take a MiB of each server. They
 * are loaded by whoever needs one first, as an `import` at the top of a file cannot be.
 */
export const later = {
  get http() {
    return process.getBuiltinModule('node:http');
  },
  get https() {
    return process.getBuiltinModule('node:https');
  },
  get tls() {
    return process.getBuiltinModule('node:tls');
  },
  get dns() {
    return process.getBuiltinModule('node:dns/promises');
  },
  get util() {
    return process.getBuiltinModule('node:util');
  },
  get streams() {
    return process.getBuiltinModule('node:stream/promises');
  },
};

/** What asks by this protocol of an address, `http:` or `https:`. */
export const requesterFor = (protocol: string) => (protocol === 'https:' ? later.https : later.http);
