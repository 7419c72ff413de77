/**
 * The kinds of server that get an agent as a single file: processor and C library, and the Bun that is inside of it. The
 * runtimes are packages of npm, locked here by version and content; `baseline` runs on every 64-bit x86 processor.
 *
 * @typedef {{ name: string, package: string, target: string, integrity: string }} Kind
 */

export const BUN_VERSION = '1.4.5';

/** @type {readonly Kind[]} */
export const kinds = [
  {
    name: 'linux-x64',
    package: '@oven/bun-linux-x64-baseline',
    target: 'bun-linux-x64-baseline',
    integrity:
      'sha512-s8yMwYcFnnrA178gji0gZbkE2WVDej/Ti1x770oPfihxyRxSMNhGhiAQNXV53aDeraZxksdvKV/RAdQBCd0qPA==',
  },
  {
    name: 'linux-arm64',
    package: '@oven/bun-linux-aarch64',
    target: 'bun-linux-arm64',
    integrity:
      'sha512-4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==',
  },
  {
    name: 'linux-x64-musl',
    package: '@oven/bun-linux-x64-musl-baseline',
    target: 'bun-linux-x64-baseline-musl',
    integrity:
      'sha512-cWJhU8h0+MiUgpSt99sQhjxLIIosKEcKYdtKddohokUvAuN6jKOy7g7+QDTZTXtwHxz93wL3BX+L6wXVPDUH3A==',
  },
  {
    name: 'linux-arm64-musl',
    package: '@oven/bun-linux-aarch64-musl',
    target: 'bun-linux-arm64-musl',
    integrity:
      'sha512-XCNc+WvvMAdNNb+OWTogpy+N9wm62fkVeEVLb6how0RZhW5LPi6c7BlkeVCuWps7XjEl2saFpHFa20/1E+PAHg==',
  },
];

/** What this machine itself can run: everything here stands on the GNU C library. */
export function ownKind() {
  const own = kinds.find(({ name }) => name === `linux-${process.arch}`);
  if (own === undefined) throw new Error(`No agent can be built on ${process.platform}-${process.arch}.`);
  return own;
}
