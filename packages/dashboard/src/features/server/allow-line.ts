/** What an administrator types on a server to let one unit be restarted from here. */
export const allowLine = (unit: string): string =>
  `echo '${unit}' | sudo tee -a /etc/homelabcmd/restart-allowed`;
