import { serviceNameOfUnit } from '../service-target.ts';

/**
 * Services whose restart can cut people off from the server: remote login, network, VPN, message bus, systemd itself,
 * and the agent. They need a second, explicit listing on the server, and of whoever approves a fresh proof of who they are.
 */
const LOCKOUT = [
  /^(?:ssh|sshd|dropbear)(?:d|-|@|$)/,
  /^(?:NetworkManager|networking|netplan|ifup|ifupdown|dhcpcd|dhclient|wpa_supplicant|iwd|connman|resolvconf)(?:-|@|$)/,
  /^(?:wg-quick|wireguard|tailscaled|zerotier-one|netbird|nebula|strongswan|strongswan-starter|ipsec|cloudflared)(?:-|@|$)/,
  /^(?:nftables|iptables|ip6tables|netfilter-persistent|firewalld|ufw)$/,
  /^(?:dbus|openvpn)/,
  /^polkit$/,
  /^(?:systemd-|user@|user-runtime-dir@|getty@|serial-getty@|init$)/,
  /^homelabcmd-/,
];

export const needsLockoutListing = (unit: string): boolean => {
  const name = serviceNameOfUnit(unit);
  return LOCKOUT.some((pattern) => pattern.test(name));
};
