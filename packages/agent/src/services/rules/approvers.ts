import { type ApproverKey, MAX_APPROVER_KEYS, readApproverLine, type Sealing } from '@homelabcmd/protocol';
import { readRootFile } from './allow-file.ts';

/**
 * Reads the root-owned file of approvers: one key a line. Without the file the server is not sealed, and this is `null`.
 * Where there is one it is, whatever stands in it: one line that is not understood, and none of them counts.
 */
export function readApprovers(path: string, ownerUid = 0): Sealing | null {
  const { text, problem } = readRootFile(path, ownerUid);
  if (problem !== null) return closed(problem);
  return text === null ? null : approversOf(path, text);
}

/** An editor that replaces a file takes it away for a moment. */
const GONE_MS = 10_000;

/**
 * The same, for one who asks often: a file that was there and is not any more unseals the server when it has been away
 * for a while, so that no order slips through while root edits it.
 */
export function watchApprovers(
  path: string,
  ownerUid = 0,
  nowMs: () => number = () => performance.now(),
): () => Sealing | null {
  let wasThere = false;
  let goneSinceMs: number | null = null;
  return () => {
    const sealing = readApprovers(path, ownerUid);
    if (sealing !== null) {
      wasThere = true;
      goneSinceMs = null;
      return sealing;
    }
    if (!wasThere) return null;
    goneSinceMs ??= nowMs();
    if (nowMs() - goneSinceMs < GONE_MS)
      return {
        keys: [],
        problem: `${path} has just gone. When it has been away for ten seconds, this server is not sealed.`,
      };
    wasThere = false;
    return null;
  };
}

/** No key counts, so nothing runs. */
const closed = (why: string): Sealing => ({
  keys: [],
  problem: `${why} Until that is mended, nothing is carried out on this server.`,
});

function approversOf(path: string, text: string): Sealing {
  const keys = new Map<string, ApproverKey>();
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const key = readApproverLine(line);
    if (key === null) return closed(`A line of ${path} is no key of an approver: «${line.slice(0, 100)}».`);
    if (keys.has(key.credential_id)) return closed(`${path} names the key of ${key.name} twice.`);
    keys.set(key.credential_id, key);
  }
  if (keys.size > MAX_APPROVER_KEYS) return closed(`${path} names more than ${MAX_APPROVER_KEYS} keys.`);
  if (keys.size === 0) return closed(`${path} names no key of an approver.`);
  return { keys: [...keys.values()], problem: null };
}
