import type { AuditFilter } from '../../../api/audit/filter.ts';
import { Views } from '../views.tsx';
import './audit.css';
import { AuditEntries } from './audit-entries.tsx';
import { ChainState } from './chain-state.tsx';

/** The record of who did what, and whether it is whole. */
export function AuditPage({ filter }: { filter: AuditFilter }) {
  return (
    <>
      <title>Audit · HomelabCmd</title>
      <Views here="audit" />
      <ChainState />
      <AuditEntries filter={filter} />
    </>
  );
}
