import { Suspense, lazy } from 'react';
import { useProofAsked } from '../../api/access/proof.ts';
import { part } from '../../lib/part.ts';

const ProofDialog = lazy(part(() => import('../../features/session/proof/proof-dialog.tsx')));

/** Where whoever is signed in is asked to prove it again. It is hardly ever there, so it is fetched when it is. */
export function ProofDoor() {
  const { isAsked } = useProofAsked();
  if (!isAsked) return null;
  return (
    <Suspense>
      <ProofDialog />
    </Suspense>
  );
}
