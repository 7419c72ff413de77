/**
 * Where the dashboard lives on its host: empty, or `/homelab` behind a proxy that shares its host name. The hub writes
 * it into the document's `<base>`; every address that is not the router's begins with it.
 */
export const basePath: string = new URL(document.baseURI).pathname.replace(/\/[^/]*$/, '');
