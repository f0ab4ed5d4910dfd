import type { Rights } from "./read-rights.ts";

/** Where people and operators sign in. */
export const identityRights: Rights = {
  "identity.accounts": {
    auditor: "SELECT(created_at, id, provider_id, user_id)",
    identity: "DELETE INSERT SELECT UPDATE",
  },
  "identity.attempts": {
    identity: "DELETE INSERT SELECT UPDATE",
  },
  "identity.pending_sign_ups": {
    auditor: "SELECT(created_at, expires_at, settled_at, sign_up_id, tenant_id, user_id)",
    identity: "DELETE INSERT SELECT UPDATE",
  },
  "identity.sessions": {
    auditor: "SELECT(created_at, expires_at, id, user_id)",
    identity: "DELETE INSERT SELECT UPDATE",
  },
  "identity.two_factors": {
    auditor: "SELECT(id, user_id, verified)",
    identity: "DELETE INSERT SELECT UPDATE",
  },
  "identity.users": {
    auditor: "SELECT(created_at, email_verified, id)",
    identity: "DELETE INSERT SELECT UPDATE",
  },
  "identity.verifications": {
    identity: "DELETE INSERT SELECT UPDATE",
  },
  "console_identity.accounts": {
    console_identity: "DELETE INSERT SELECT UPDATE",
  },
  "console_identity.operators": {
    console_identity: "DELETE INSERT SELECT UPDATE",
  },
  "console_identity.rate_limits": {
    console_identity: "DELETE INSERT SELECT UPDATE",
  },
  "console_identity.sessions": {
    console_identity: "DELETE INSERT SELECT UPDATE",
  },
  "console_identity.sign_in_attempts": {
    console_identity: "DELETE INSERT SELECT UPDATE",
  },
  "console_identity.two_factors": {
    console_identity: "DELETE INSERT SELECT UPDATE",
  },
  "console_identity.verifications": {
    console_identity: "DELETE INSERT SELECT UPDATE",
  },
};
