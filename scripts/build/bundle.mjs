import { rolldown } from 'rolldown';

/**
 * Makes one file for Node out of an entry and all that it imports, so that it runs from a folder without node_modules.
 * Names and lines stay readable: a stack trace from somebody's server is worth more than the bytes.
 *
 * @param {string} entry
 * @param {string} outFile
 * @returns {Promise<string[]>} the modules that it is made of: for the most part, paths of files
 */
export async function bundleForNode(entry, outFile) {
  const bundle = await rolldown({
    input: entry,
    platform: 'node',
    onLog(level, log) {
      if (level === 'warn' && log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
      if (level === 'warn') console.warn(log.message);
    },
  });
  const { output } = await bundle.write({ file: outFile, format: 'esm', codeSplitting: false });
  await bundle.close();
  return output.flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
}
