/**
 * Takes the pictures anew: the reviewed ones, with which every test run compares, and those of the README. Arguments are
 * vitest's own: `-t fleet` takes only the scenes whose name holds that.
 */
process.env.HOMELABCMD_PICTURES = 'take';
process.argv.splice(2, 0, 'test/pictures');
await import('./test.mjs');
