import type { Role } from '@homelabcmd/protocol';

/** Who may come in. Secrets are here as digests, but for that of an authenticator, which has to be known to be checked: it is shut in (`access/people/vault.ts`). */
export interface AccessTables {
  users: {
    user_id: string;
    name: string;
    role: Role;
    /** Argon2id in the PHC form; `null` until the person has chosen a password. */
    password_hash: string | null;
    /** Who they are to the provider of the single sign-on: its address and its name for them, with a space between. */
    oidc_subject: string | null;
    totp_secret: string | null;
    /** Until it is confirmed it does not count. */
    totp_confirmed_at: string | null;
    /** The step of the code that was used last: each opens once. */
    totp_last_step: number | null;
    disabled_at: string | null;
    created_at: string;
    created_by: string;
    last_signed_in_at: string | null;
  };
  /** Keys in people's devices. What is here verifies what they sign, and opens nothing. */
  passkeys: {
    passkey_id: string;
    user_id: string;
    name: string;
    credential_id: string;
    /** COSE, in base64url. */
    public_key: string;
    algorithm: number;
    /** How often it has signed, by its own count; 0 for one that does not count. */
    sign_count: number;
    rp_id: string;
    transports_json: string;
    is_synced: 0 | 1;
    created_at: string;
    last_used_at: string | null;
  };
  /** At most one for each person. */
  invitations: { token_digest: string; user_id: string; created_at: string; expires_at: string };
  /**
   * Every name that anybody has ever signed with, in lower case, and the person behind it: a key of a person's is that person,
   * and a key that nobody owns is itself. Rows are kept when the key or the person goes, for what they signed is kept.
   */
  signatures: { signature: string; person: string };
  api_keys: {
    key_id: string;
    name: string;
    /** Names of scopes with spaces between them. */
    scopes: string;
    key_digest: string;
    /** Whose it is; `null` for the first key, and for those that were made with it. */
    user_id: string | null;
    created_at: string;
    created_by: string | null;
    expires_at: string | null;
    last_used_at: string | null;
  };
  /** Of a person or of a key. */
  sessions: {
    session_id: string;
    session_digest: string;
    user_id: string | null;
    key_id: string | null;
    created_at: string;
    expires_at: string;
    last_used_at: string;
    proved_at: string;
    address: string;
    user_agent: string;
  };
}
