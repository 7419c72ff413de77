import { readFileSync } from 'node:fs';
import os from 'node:os';
import type { Allows, Relaxation, Sealing, ServerFacts, Updates } from '@homelabcmd/protocol';
import { cut } from '../text.ts';

export const AGENT_VERSION = '0.1.0';

/** What the facts say that the machine's own files do not. */
export interface FactsContext {
  hostname: string;
  bootId: string;
  monitorOnly: boolean;
  systemdVersion: string | null;
  systemdProblem: string | null;
  /** Why the file of limits is not followed. */
  limitsProblem?: string | null;
  /** Whose approval the server asks for, where root has sealed it. */
  sealing?: Sealing | null;
  allows?: Allows;
  /** What of the sandbox is not in force here. */
  relaxations?: readonly Relaxation[];
  updates?: Updates | null;
}

/** What this machine is. A machine that hides some of it is described by what it does show. */
export function readFacts(context: FactsContext): ServerFacts {
  return {
    hostname: cut(context.hostname || 'unknown', 255),
    os: cut(parseOsName(textOf('/etc/os-release')) ?? os.type(), 255),
    kernel: cut(os.release(), 255),
    architecture: cut(os.machine(), 64),
    cpu_count: Math.max(1, os.cpus().length),
    memory_total_bytes: os.totalmem(),
    addresses: addressesOf(os.networkInterfaces()),
    boot_id: context.bootId,
    booted_at: parseBootTime(textOf('/proc/stat')),
    agent_version: AGENT_VERSION,
    systemd_version: context.systemdVersion === null ? null : cut(context.systemdVersion, 64),
    systemd_problem: context.systemdProblem === null ? null : cut(context.systemdProblem, 500),
    monitor_only: context.monitorOnly,
    keeps_audit_heads: true,
    spools_readings: true,
    ...(context.limitsProblem ? { limits_problem: cut(context.limitsProblem, 500) } : {}),
    ...(context.sealing ? { sealed: context.sealing } : {}),
    ...(context.allows ? { allows: context.allows } : {}),
    ...(context.relaxations?.length ? { sandbox_relaxed: [...context.relaxations] } : {}),
    ...(context.updates ? { updates: context.updates } : {}),
  };
}

/** Changes with each boot; empty where the kernel does not say. */
export const readBootId = (): string => textOf('/proc/sys/kernel/random/boot_id').trim();

/** `PRETTY_NAME` of `/etc/os-release`. */
export function parseOsName(osRelease: string): string | null {
  const value = /^PRETTY_NAME=(.*)$/m.exec(osRelease)?.[1]?.trim();
  return value === undefined ? null : value.replace(/^(["'])(.*)\1$/, '$2');
}

/** `btime` of `/proc/stat`, in seconds since 1970. */
export function parseBootTime(stat: string): string | null {
  const seconds = /^btime (\d+)$/m.exec(stat)?.[1];
  return seconds === undefined ? null : new Date(Number(seconds) * 1000).toISOString();
}

/** Addresses by which others may reach this machine: neither loopback nor link-local. */
export function addressesOf(interfaces: NodeJS.Dict<os.NetworkInterfaceInfo[]>): string[] {
  const all = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  const outside = all.filter(({ internal, address }) => !internal && !/^(?:fe80:|169\.254\.)/i.test(address));
  return [...new Set(outside.map(({ address }) => cut(address, 64)))].slice(0, 32);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
