import { join } from 'node:path';
import { rolldown } from 'rolldown';

/**
 * Flags of Node that keep the agent small: it holds little, so its heaps need little room, and it computes little, so
 * compiled code is not worth its memory. Every place that starts the built agent uses these. (`--lite-mode` and
 * `--jitless` are smaller still, but without WebAssembly Node has no `WebSocket`.)
 */
export const AGENT_NODE_FLAGS = [
  '--max-semi-space-size=1',
  '--max-old-space-size=64',
  '--optimize-for-size',
  '--no-opt',
  '--no-maglev',
  '--no-sparkplug',
  '--single-threaded',
];

const SOURCE = join(import.meta.dirname, 'src/main.ts');

/** Builds the agent into one file that `node` runs with nothing else beside it. */
export async function buildAgent(outFile = join(import.meta.dirname, 'dist/agent.mjs')): Promise<void> {
  const bundle = await rolldown({
    input: SOURCE,
    platform: 'node',
    // Schemas that the agent does not use stay out.
    treeshake: { moduleSideEffects: (id) => !id.includes('/protocol/src/') && !id.includes('/zod/') },
    plugins: [withoutIntrospection],
  });
  await bundle.write({
    file: outFile,
    format: 'esm',
    codeSplitting: false,
    minify: { compress: true, mangle: false },
  });
  await bundle.close();
}

/** The agent knows systemd's interfaces: reading XML descriptions of them, and the parser for it, stay out. */
const withoutIntrospection = {
  name: 'without-introspection',
  resolveId: (source: string) => (source === 'xml2js' ? '\0no-xml' : null),
  load: (id: string) => (id === '\0no-xml' ? 'export {};' : null),
};

if (import.meta.main) await buildAgent();
