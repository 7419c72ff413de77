/** The hub's settings for `npm run dev`, from the environment: the port and the key, where they are given. */
export function devSettings(): Record<string, string> {
  const { HOMELABCMD_PORT = '8080', HOMELABCMD_API_KEY } = process.env;
  return { HOMELABCMD_PORT, ...(HOMELABCMD_API_KEY ? { HOMELABCMD_API_KEY } : {}) };
}
