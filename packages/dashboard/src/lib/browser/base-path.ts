/**
 * Where the hub lives below its origin: empty, or `/homelab` behind a proxy. The hub writes it into the `<base>` of the
 * document that it serves.
 */
export const BASE_PATH: string = (document.querySelector('base')?.getAttribute('href') ?? '/').replace(
  /\/$/,
  '',
);
