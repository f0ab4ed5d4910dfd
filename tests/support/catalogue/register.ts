/** Tables without row-level security, and why. Everything else is protected. */
export const openTables: Record<string, string> = {
  "control.tenant_transitions": "constants",
  "control.operation_exclusions": "constants",
  "control.operation_transitions": "constants",
  "control.operator_permissions": "constants",
  "migrations.applied": "granted to nobody",
};
/** Schemas of one role's own, which no other role may use; the auditor counts rows there. */
export const privateSchemas: Record<string, string> = { identity: "identity", console_identity: "console_identity" };

/** Tables there that name a tenant all the same, and why. */
export const privateTenantTables: Record<string, string> = {
  "identity.pending_sign_ups": "comes before its tenant, and is found by the mailed secret",
};

/** Policies that let a role beyond one tenant, and why. */
export const crossTenantPolicies: Record<string, string> = {
  "control.slugs.public_reads": "the public register of addresses",
  "control.slugs.release_expired": "reservations that have ended",
  "control.commands.worker_dispatches": "the dispatcher sweeps every tenant's commands",
  "control.commands.worker_settles": "the dispatcher marks them",
  "control.mail_outbox.worker_sends": "the mailer sends every tenant's sealed mail",
  "control.mail_outbox.worker_settles": "the mailer marks it",
  "control.mail_requests.portal_finds": "the portal addresses what waits, whoever's it is: it alone knows the addresses",
  "control.audit.worker_seals": "the sealer looks for rows that have no place in a chain",
  "app.audit.worker_seals": "the sealer looks for rows that have no place in a chain",
  "control.audit_heads.worker_anchors": "ends of chains that are not anchored: an id, a number, a hash",
  "app.audit_heads.worker_anchors": "ends of chains that are not anchored: an id, a number, a hash",
  "control.operations.worker_reconciles": "open operations are compared with Temporal",
  "control.tenant_keys.worker_watches": "the worker looks whether customers' keys still open",
  "control.tenant_keys.worker_finds_unreadable": "the worker sees which keys that did not open do again",
  "keyring.data_keys.worker_looks_while_turning": "a turn moves the wrapped keys of all tenants under the epoch",
  "keyring.data_keys.worker_moves_while_turning": "a turn moves the wrapped keys of all tenants under the epoch",
  "keyring.epochs.tenants_unwrap": "holds no tenant",
  "keyring.epochs.worker_reads": "holds no tenant",
  "keyring.epochs.worker_opens": "holds no tenant",
  "keyring.epochs.worker_turns": "holds no tenant",
  "control.account_erasures.portal_finds": "whether accounts go with their last workspace is answered for all tenants",
  "control.session_ends.portal_finds": "whose sessions operators want ended is answered for all tenants",
  "control.second_factor_resets.portal_finds": "whose second factor two operators want taken away is answered for all tenants",
  "control.certificate_keys.public_reads": "holds no tenant",
  "control.certificate_keys.worker_adds": "holds no tenant",
  "control.certificate_keys.worker_retires": "holds no tenant",
  "control.certificate_head.public_reads": "holds no tenant",
  "control.certificate_head.worker_moves": "holds no tenant",
  "control.pools.operator_reads": "holds no tenant",
  "control.pools.worker_fills": "holds no tenant",
};

/** Indexes of tenant tables that begin with another column, and why. */
export const otherIndexes: Record<string, string> = {
  "control.tenants_slug_live": "slugs are unique over all tenants",
  "control.tenants_created": "the operators' list of tenants",
  "control.slugs_pkey": "slugs are unique over all tenants",
  "control.sign_ups_pkey": "a sign-up comes before its tenant",
  "control.sign_ups_idempotency_key_key": "a key is unique over all callers",
  "control.sign_ups_by_user": "a person's sign-ups, before there is a membership",
  "control.sign_ups_capability_hash_key": "found by its capability",
  "control.operations_operation_id_key": "unique over all tenants, as workflow ids are",
  "control.operations_workflow_id_key": "unique over all tenants",
  "control.operations_open": "the operators' and the worker's list of open operations",
  "control.commands_idempotency_key_key": "a key is unique over all callers",
  "control.commands_pending": "the dispatcher's sweep",
  "control.mail_outbox_pkey": "mail may have no tenant",
  "control.mail_outbox_dedupe_key_key": "mail may have no tenant",
  "control.mail_outbox_due": "the mailer's sweep",
  "control.mail_requests_open": "the portal addresses what waits, whoever's it is",
  "control.account_erasures_open": "the portal answers what is asked, whoever's it is",
  "control.session_ends_open": "the portal answers what is asked, whoever's it is",
  "control.second_factor_resets_open": "the portal answers what is asked, whoever's it is",
  "control.person_erasures_pseudonym_key": "pseudonyms are unique over all tenants",
  "control.certificates_certificate_id_key": "found by its id, which is a capability",
  "control.certificates_sequence_key": "one chain for the whole deployment",
  "control.certificates_hash_key": "one chain for the whole deployment",
  "control.members_by_user": "a person's workspaces",
  "keyring.data_keys_by_epoch": "a turn goes through the keys of all tenants under one epoch",
  "keyring.data_keys_by_previous_epoch": "a turn goes through the keys of all tenants under one epoch",
  "control.invitations_token_hash_key": "found by its token",
};
