import type { Rights } from "./read-rights.ts";

/** In the control database. */
export const controlRights: Rights = {
  "control.account_erasures": {
    auditor: "SELECT(answered_at, asked_at, operation_id, outcome, request_id, tenant_id)",
    portal: "SELECT UPDATE(answered_at, outcome, rows_after, rows_before, sessions_ended_at, user_id)",
    worker: "INSERT(operation_id, request_id, tenant_id, user_id) SELECT",
  },
  "control.audit": {
    auditor: "SELECT",
    operator: "INSERT SELECT",
    portal: "INSERT SELECT",
    worker: "INSERT SELECT UPDATE(commitment, details, details_commitment, erased_at, link, salt, sealed_at, seq)",
  },
  "control.audit_anchors": {
    auditor: "SELECT",
    operator: "SELECT",
    portal: "SELECT",
    worker: "INSERT SELECT",
  },
  "control.audit_heads": {
    auditor: "SELECT",
    operator: "SELECT",
    portal: "SELECT",
    worker: "INSERT SELECT UPDATE(anchored_seq, link, sealed_at, seq)",
  },
  "control.certificate_head": {
    auditor: "SELECT",
    operator: "SELECT",
    portal: "SELECT",
    worker: "SELECT UPDATE(hash, issued_at, sequence)",
  },
  "control.certificate_keys": {
    auditor: "SELECT",
    operator: "SELECT",
    portal: "SELECT(key_id, public_key, retired_at, since)",
    worker: "INSERT(key_id, kms_key_arn, public_key) SELECT UPDATE(retired_at)",
  },
  "control.certificates": {
    auditor: "SELECT",
    operator: "SELECT",
    portal: "SELECT",
    worker: "INSERT SELECT",
  },
  "control.commands": {
    auditor: "SELECT",
    operator: "INSERT SELECT",
    portal: "INSERT SELECT",
    worker: "SELECT UPDATE(attempts, dispatched_at, next_attempt_at, payload, reason, refusal, state)",
  },
  "control.export_parts": {
    auditor: "SELECT",
    worker: "DELETE INSERT SELECT",
  },
  "control.export_people": {
    auditor: "SELECT(created_at, tenant_id)",
    portal: "INSERT(sealed, tenant_id) SELECT(tenant_id) UPDATE(created_at, sealed)",
    worker: "DELETE SELECT",
  },
  "control.exports": {
    auditor: "SELECT",
    operator: "SELECT",
    portal: "INSERT(export_id, requested_by, tenant_id) SELECT",
    worker:
      "DELETE INSERT(export_id, operation_id, requested_by, tenant_id) SELECT UPDATE(bytes, bytes_expected, cursor, document_bytes, documents, documents_expected, ended_at, expires_at, failure_code, files, frozen, index_name, key_version, manifest_sha256, missing, ready_at, started_at, state, unreadable)",
  },
  "control.hold_changes": {
    auditor: "SELECT",
    operator: "INSERT SELECT",
    portal: "INSERT SELECT",
    worker: "INSERT SELECT",
  },
  "control.invitations": {
    auditor: "SELECT(created_at, email_mask, expires_at, invitation_id, invited_by, role, settled_at, state, tenant_id)",
    operator:
      "INSERT SELECT(created_at, email_mask, expires_at, invitation_id, invited_by, role, settled_at, state, tenant_id) UPDATE(email, expires_at, token_hash)",
    portal: "INSERT SELECT UPDATE(accepted_by, expires_at, settled_at, state, token_hash)",
    worker:
      "DELETE SELECT(accepted_by, email, expires_at, invitation_id, invited_by, role, state, tenant_id) UPDATE(settled_at, state, token_hash)",
  },
  "control.key_losses": {
    auditor: "SELECT",
    operator:
      "INSERT(epoch, loss_id, pool, reason, requested_by, tenant_id, versions) SELECT UPDATE(approved_at, approved_by, rejected_at, rejected_by)",
    worker: "SELECT UPDATE(destroyed, ended_at)",
  },
  "control.legal_holds": {
    auditor: "SELECT(hold_id, placed_at, released_at, tenant_id)",
    operator: "INSERT(case_number, hold_id, placed_by, reason, tenant_id) SELECT UPDATE(release_reason, released_at, released_by)",
    portal: "SELECT(hold_id, placed_at, released_at, tenant_id)",
    worker: "SELECT",
  },
  "control.mail_outbox": {
    auditor: "SELECT(attempts, created_at, failed_at, last_error, mail_id, next_attempt_at, sent_at, template, tenant_id)",
    operator: "DELETE INSERT SELECT(failed_at, mail_id, next_attempt_at, sent_at, template, tenant_id) UPDATE(next_attempt_at)",
    portal: "INSERT",
    worker: "DELETE INSERT SELECT UPDATE(attempts, dedupe_key, failed_at, last_error, next_attempt_at, sealed, sent_at)",
  },
  "control.mail_requests": {
    auditor: "SELECT",
    operator: "SELECT(addressed_at, created_at, failed_at, failure, request_key, template, tenant_id) UPDATE(failed_at, failure)",
    portal: "SELECT UPDATE(addressed_at, failed_at, failure)",
    worker: "DELETE INSERT(audience, held, props, request_key, template, tenant_id) SELECT",
  },
  "control.members": {
    auditor: "SELECT",
    operator: "SELECT",
    portal: "DELETE INSERT SELECT UPDATE(role)",
    worker: "DELETE INSERT SELECT UPDATE(invited_by)",
  },
  "control.offboarding_evidence": {
    auditor: "SELECT",
    operator: "SELECT",
    worker: "INSERT SELECT UPDATE(evidence, recorded_at)",
  },
  "control.offboardings": {
    auditor: "SELECT",
    operator:
      "INSERT(confirmed_by, from_state, hold_days, operation_id, reason, requested_by, tenant_id, with_export) SELECT UPDATE(approved_at, approved_by, cancel_reason, cancelled_at, cancelled_by, hold_ends_at, shorten_by, shorten_to)",
    portal:
      "INSERT(confirmed_by, from_state, hold_days, operation_id, reason, requested_by, tenant_id, with_export) SELECT UPDATE(cancel_reason, cancelled_at, cancelled_by, hold_ends_at, shorten_by, shorten_to)",
    worker: "SELECT UPDATE(ended, hold_began_at, hold_ends_at, inventory, pseudonym, shredding_at)",
  },
  "control.operation_events": {
    auditor: "SELECT",
    operator: "INSERT SELECT",
    portal: "SELECT",
    worker: "INSERT SELECT",
  },
  "control.operation_exclusions": {
    auditor: "SELECT",
    operator: "SELECT",
    portal: "SELECT",
    worker: "SELECT",
  },
  "control.operation_steps": {
    auditor: "SELECT",
    operator: "SELECT",
    portal: "SELECT",
    worker: "INSERT SELECT UPDATE",
  },
  "control.operation_transitions": {
    auditor: "SELECT",
    operator: "SELECT",
    portal: "SELECT",
    worker: "SELECT",
  },
  "control.operations": {
    auditor: "SELECT",
    operator: "INSERT SELECT UPDATE(finished_at, last_seq, state)",
    portal: "INSERT SELECT",
    worker: "INSERT SELECT UPDATE",
  },
  "control.operator_permissions": {
    auditor: "SELECT",
    operator: "SELECT",
  },
  "control.operator_roles": {
    auditor: "SELECT",
    operator: "INSERT(active, changed_by, operator_id, reason, role, seq) SELECT",
  },
  "control.operator_session_ends": {
    auditor: "SELECT",
    operator: "INSERT(ended_by, operator_id, reason, request_id, second_factor) SELECT",
  },
  "control.outbox": {
    auditor: "SELECT",
    operator: "SELECT",
    portal: "INSERT",
    worker: "INSERT SELECT UPDATE(published_at)",
  },
  "control.payload_reads": {
    auditor: "SELECT",
    operator: "INSERT SELECT",
    worker: "DELETE SELECT(read_at, read_id)",
  },
  "control.person_erasures": {
    auditor: "SELECT(by_themselves, created_at, documents, erased_at, operation_id, pseudonym, tenant_id)",
    operator: "SELECT(by_themselves, created_at, documents, erased_at, operation_id, pseudonym, tenant_id)",
    portal: "INSERT(by_themselves, documents, invitation_ids, operation_id, pseudonym, tenant_id, user_id) SELECT",
    worker: "SELECT UPDATE(erased_at, invitation_ids, user_id)",
  },
  "control.pools": {
    auditor: "SELECT",
    operator: "SELECT",
    worker: "INSERT SELECT UPDATE",
  },
  "control.resources": {
    auditor: "SELECT",
    operator: "SELECT",
    worker: "INSERT SELECT UPDATE",
  },
  "control.second_factor_resets": {
    auditor:
      "SELECT(approved_at, approved_by, ended_at, outcome, rejected_at, rejected_by, requested_at, requested_by, reset_id, sessions, tenant_id)",
    operator:
      "INSERT(reason, requested_by, reset_id, tenant_id, user_id) SELECT UPDATE(approved_at, approved_by, decision_reason, rejected_at, rejected_by)",
    portal: "SELECT UPDATE(ended_at, factor_id, looked_at, outcome, sessions)",
  },
  "control.session_ends": {
    auditor: "SELECT(ended_at, request_id, requested_at, requested_by, sessions, tenant_id)",
    operator: "INSERT(reason, request_id, requested_by, tenant_id, user_id) SELECT",
    portal: "SELECT UPDATE(ended_at, sessions, user_id)",
  },
  "control.shredding_canaries": {
    auditor: "SELECT",
    worker: "INSERT(ciphertext, opener, operation_id, path, sha256, tenant_id) SELECT",
  },
  "control.sign_ups": {
    auditor:
      "SELECT(created_at, expires_at, operation_id, organization_name, plan, region, sign_up_id, slug, state, tenant_id, user_id, verified_at)",
    operator:
      "SELECT(created_at, expires_at, operation_id, organization_name, plan, region, sign_up_id, slug, state, tenant_id, verified_at)",
    portal: "INSERT SELECT UPDATE(operation_id, state, user_id, verified_at)",
    worker: "DELETE SELECT(tenant_id)",
  },
  "control.slugs": {
    auditor: "SELECT",
    operator: "DELETE INSERT SELECT(reserved_until, slug)",
    portal: "DELETE INSERT SELECT(reserved_until, slug) UPDATE(reserved_until)",
    worker: "DELETE SELECT(reserved_until, slug)",
  },
  "control.tenant_keys": {
    auditor: "SELECT",
    operator: "SELECT",
    portal: "SELECT",
    worker: "DELETE INSERT SELECT UPDATE",
  },
  "control.tenant_transitions": {
    auditor: "SELECT",
    operator: "SELECT",
    portal: "SELECT",
    worker: "SELECT",
  },
  "control.suspensions": {
    auditor: "SELECT(access, action, effective_at, kind, operation_id, requested_at, tenant_id)",
    operator: "INSERT(access, action, kind, operation_id, reason, requested_by, tenant_id) SELECT",
    portal: "SELECT(access, action, effective_at, kind, operation_id, tenant_id)",
    worker: "SELECT(access, action, effective_at, kind, operation_id, tenant_id) UPDATE(effective_at)",
  },
  "control.tenants": {
    auditor: "SELECT",
    operator: "INSERT SELECT UPDATE(current_operation, state)",
    portal: "INSERT SELECT UPDATE(name, updated_at)",
    worker: "SELECT UPDATE(activated_at, current_operation, limits, name, placement, slug, state, suspended_access, updated_at, versions)",
  },
  "control.usage_totals": {
    auditor: "SELECT",
    operator: "SELECT",
    worker: "INSERT(metric, month, plan, pseudonym, quantity) SELECT",
  },
};
