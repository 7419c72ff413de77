import packageJson from '../../package.json' with { type: 'json' };

export const HUB_VERSION: string = packageJson.version;

/** The version as one number that sorts as versions do; what follows a hyphen does not count. */
export function versionNumber(version: string): number {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.+-]/).map(Number);
  return major * 1_000_000 + minor * 1000 + patch;
}

/** The other way round: 1002 is 0.1.2. */
export function versionText(number: number): string {
  return [Math.floor(number / 1_000_000), Math.floor(number / 1000) % 1000, number % 1000].join('.');
}
