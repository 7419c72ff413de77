/** What an administrator types on a server with an installed agent of today, to let one service be restarted from here. */
export const allowCommand = (unit: string): string => `sudo homelabcmd-agent allow ${unit}`;

/** The same for an agent that does not say what its server allows: it is older than the command. */
export const OLDER_ALLOW_COMMAND = "echo 'NAME.service' | sudo tee -a /etc/homelabcmd/restart-allowed";
