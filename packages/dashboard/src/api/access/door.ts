import { api } from '@homelabcmd/protocol';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { call } from '../call.ts';

/** What a stranger is told: whether there is an account to sign in to, and what the single sign-on is called, and which host passkeys are for. Asked for each time that the door is looked at. */
export const doorQuery = queryOptions({
  queryKey: ['door'],
  queryFn: async ({ signal }) => {
    const { is_to_set_up, oidc_label, passkey_host } = await call(api.whoAmI, { signal });
    return { isToSetUp: is_to_set_up, oidcLabel: oidc_label, passkeyHost: passkey_host };
  },
  staleTime: 0,
  retry: false,
});

export const useDoor = () => useQuery({ ...doorQuery, refetchOnMount: false });
