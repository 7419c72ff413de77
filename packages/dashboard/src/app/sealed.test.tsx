import { type Action, type ApprovalStatement, statementOf, textToSign } from '@homelabcmd/protocol';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';
import { answering, hub, json, knowing, problem } from '../testing/hub.ts';
import { openPage } from '../testing/page.tsx';
import { A_SESSION, AT, anAction, aServer } from '../testing/things.ts';

const KEY = {
  ...{ name: "Kim's phone", rp_id: location.hostname, origins: [location.origin] },
  ...{ credential_id: 'aWQ', public_key: `ed25519:${'A'.repeat(43)}` },
};
const UNTIL = '2026-01-10T12:05:00.000Z';
const SIGNED = { clientDataJSON: 'Yw', authenticatorData: 'YQ', signature: 'cw', userHandle: null };
const { facts } = aServer();
const sealed = (over: object = {}) =>
  aServer({ facts: facts && { ...facts, sealed: { keys: [KEY], problem: null, ...over } } });

const statementFor = (action: Action): ApprovalStatement =>
  statementOf(
    'the-key-of-the-agent',
    { ...action, kind: action.action_type },
    { requested_by: action.created_by, requested_at: action.created_at, until: UNTIL },
  );

const digestOf = async (statement: ApprovalStatement): Promise<string> =>
  Buffer.from(
    await crypto.subtle.digest('SHA-256', new TextEncoder().encode(textToSign(statement))),
  ).toString('base64url');

/** A hub whose server asks for a passkey, and a browser that has one. */
function sealedHub(toSign: object = {}) {
  const asked: { publicKey: { challenge: string } }[] = [];
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('PublicKeyCredential', {
    parseCreationOptionsFromJSON: (options: object) => options,
    parseRequestOptionsFromJSON: (options: object) => options,
  });
  const get = async (options: { publicKey: { challenge: string } }) => {
    asked.push(options);
    return { toJSON: () => ({ id: 'aWQ', rawId: 'aWQ', type: 'public-key', response: SIGNED }) };
  };
  Object.defineProperty(navigator, 'credentials', { value: { get }, configurable: true });
  const to_sign = {
    statement: statementFor(anAction()),
    ...{ challenge: 'of-the-hub', keys: [KEY], problem: null, ...toSign },
  };
  hub.use(http.get('*/api/v1/actions/42/to-sign', () => json({ to_sign }, 200)));
  const bodies = answering('/actions/42/approve', () =>
    bodies.length === 1
      ? problem('seal_required', 'It is sealed.')
      : json(anAction({ status: 'approved', approved_by: 'admin', revision: 101 }), 200),
  );
  return { asked, bodies };
}

beforeEach(() => {
  sessionStorage.clear();
  knowing({ servers: [sealed()], actions: [anAction()] });
  hub.use(http.get('*/api/v1/session', () => json({ ...A_SESSION, passkey_host: location.hostname }, 200)));
});

async function pressApprove() {
  const button = await screen.findByTestId('approve-button');
  await waitFor(() => expect(button).not.toHaveAttribute('aria-disabled'));
  fireEvent.click(button);
}

test('for a sealed server a passkey signs exactly what is shown on the page', async () => {
  const { asked, bodies } = sealedHub();
  await openPage('/actions/42');
  expect(
    await screen.findByText(/is sealed: one of these passkeys has to sign exactly this. Kim's phone/),
  ).toBeVisible();
  await pressApprove();
  await waitFor(() => expect(bodies).toHaveLength(2));
  expect(asked).toEqual([
    {
      publicKey: {
        ...{ challenge: await digestOf(statementFor(anAction())), rpId: location.hostname, timeout: 60_000 },
        ...{ userVerification: 'required', allowCredentials: [{ type: 'public-key', id: 'aWQ' }] },
      },
    },
  ]);
  expect(bodies[1]).toEqual({
    digest: 'the-digest',
    seal: { until: UNTIL, assertion: { id: 'aWQ', rawId: 'aWQ', type: 'public-key', response: SIGNED } },
  });
});

test('what the hub would have signed and does not show is not signed', async () => {
  const other = { ...statementFor(anAction()), target: 'systemd:ssh.service' };
  const { asked, bodies } = sealedHub({ statement: other, challenge: await digestOf(other) });
  await openPage('/actions/42');
  await pressApprove();
  await waitFor(() => expect(bodies).toHaveLength(2));
  expect(asked[0]?.publicKey.challenge).toBe(await digestOf(statementFor(anAction())));
});

test.each([
  ['no passkey of this page', { keys: [] }, /knows no passkey for .*: root has to enrol yours/],
  ['nothing that it can trust', { keys: [], problem: 'Its file is torn.' }, /Its file is torn/],
])('where the server has %s, that is said, and nothing is signed', async (_what, toSign, words) => {
  const { asked, bodies } = sealedHub(toSign);
  await openPage('/actions/42');
  await pressApprove();
  expect(await screen.findByText(words)).toBeVisible();
  expect([asked, bodies.length]).toEqual([[], 1]);
});

test.each([
  [{}, /only what one of these passkeys has signed: Kim's phone/],
  [{ keys: [], problem: 'Its file is torn.' }, /It is sealed, and carries out nothing.*Its file is torn/],
])('the page of a sealed server says whom it believes, or why nobody', async (sealing, words) => {
  knowing({ servers: [sealed(sealing)] });
  await openPage('/servers/media-01');
  await waitFor(() =>
    expect(screen.getAllByRole('note').map(({ textContent }) => textContent)).toContainEqual(
      expect.stringMatching(words),
    ),
  );
});

test('the line for servers is made on the page, and no name breaks out of its quotes', async () => {
  const passkey = {
    ...{ passkey_id: 'psk_1', name: "Kim's phone", rp_id: location.hostname, is_synced: false },
    ...{ credential_id: 'aWQ', approver_key: KEY.public_key, created_at: AT, last_used_at: null },
  };
  hub.use(
    http.get('*/api/v1/sessions', () => json({ sessions: [], total: 0, limit: 500, offset: 0 }, 200)),
    http.get('*/api/v1/account/passkeys', () => json({ passkeys: [passkey] }, 200)),
  );
  await openPage('/settings/account');
  await userEvent.click(await screen.findByRole('button', { name: "For servers: Kim's phone" }));
  const dialog = within(await screen.findByRole('dialog'));
  expect(dialog.getByText(/^echo/)).toHaveTextContent(
    `echo 'ed25519:${'A'.repeat(43)} aWQ ${location.hostname},${location.origin} admin, Kim'\\''s phone' | sudo tee -a /etc/homelabcmd/approvers`,
  );
});
