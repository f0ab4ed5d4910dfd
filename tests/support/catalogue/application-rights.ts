import type { Rights } from "./read-rights.ts";

/** In the application's databases and the keyring. */
export const applicationRights: Rights = {
  "app.api_keys": {
    app_tenant: "INSERT SELECT UPDATE(burst, last_used_at, name_cipher, requests_per_day, requests_per_second, revoked_at, revoked_by)",
    auditor: "SELECT(created_at, created_by, expires_at, key_id, last_used_at, revoked_at, revoked_by, scopes, tenant_id)",
    worker:
      "DELETE SELECT(created_at, created_by, expires_at, key_id, last_used_at, name_cipher, revoked_at, revoked_by, scopes, tenant_id) UPDATE(revoked_by)",
  },
  "app.audit": {
    app_tenant: "INSERT SELECT UPDATE(sealed_details)",
    auditor: "SELECT",
    worker: "INSERT SELECT UPDATE(commitment, details, details_commitment, erased_at, link, salt, sealed_at, sealed_details, seq)",
  },
  "app.audit_heads": {
    app_tenant: "SELECT",
    auditor: "SELECT",
    worker: "INSERT SELECT UPDATE(anchored_seq, link, sealed_at, seq)",
  },
  "app.document_grams": {
    app_tenant: "DELETE INSERT SELECT",
    auditor: "SELECT",
    worker: "DELETE INSERT SELECT",
  },
  "app.documents": {
    app_tenant:
      "DELETE INSERT SELECT UPDATE(content_type_cipher, folder_id, key_version, name_cipher, name_hmac, object_key, size_bytes, state, updated_at, version)",
    auditor: "SELECT",
    worker: "DELETE INSERT SELECT UPDATE(created_by, version)",
  },
  "app.folders": {
    app_tenant: "DELETE INSERT SELECT UPDATE(name_cipher, name_hmac, parent_id, version)",
    auditor: "SELECT",
    worker: "DELETE INSERT SELECT UPDATE(created_by, version)",
  },
  "app.idempotency_keys": {
    app_tenant: "DELETE INSERT SELECT UPDATE(created_at, expires_at, sealed)",
    auditor: "SELECT",
    worker: "DELETE SELECT",
  },
  "app.rate_buckets": {
    app_tenant: "INSERT SELECT UPDATE(day, day_used, refilled_at, tokens)",
    auditor: "SELECT",
    worker: "SELECT",
  },
  "app.tenant_home": {
    app_tenant: "SELECT",
    auditor: "SELECT",
    worker: "DELETE INSERT SELECT UPDATE(epoch, least_key_version, mode)",
  },
  "app.tenant_limits": {
    app_tenant: "SELECT UPDATE(documents, stored_bytes)",
    auditor: "SELECT",
    worker: "DELETE INSERT SELECT UPDATE",
  },
  "app.tenant_placement": {
    app_tenant: "SELECT",
    auditor: "SELECT",
    worker: "DELETE INSERT SELECT UPDATE",
  },
  "keyring.data_keys": {
    app_tenant: "SELECT",
    auditor:
      "SELECT(created_at, customer_managed, epoch, kms_key_arn, operation_id, previous_epoch, previous_kms_key_arn, purpose, sealed_as, tenant_id, version, withheld_at)",
    worker:
      "DELETE INSERT SELECT UPDATE(customer_managed, epoch, kms_key_arn, previous_customer_managed, previous_epoch, previous_kms_key_arn, previous_wrapped, withheld_at, wrapped)",
  },
  "keyring.epochs": {
    app_tenant: "SELECT(branch_key, epoch, kms_key_arn, pool, state)",
    auditor:
      "SELECT(created_at, deletion_at, epoch, key_state, kms_key_arn, pool, retired_at, state, turn_due_at, turn_wanted_at, turned_at)",
    worker: "INSERT SELECT UPDATE(branch_key, deletion_at, key_state, retired_at, state, turn_due_at, turn_wanted_at, turned_at)",
  },
  "keyring.former_keys": {
    auditor: "SELECT",
    worker: "DELETE INSERT(customer_managed, kms_key_arn, tenant_id) SELECT UPDATE(left_at)",
  },
  "keyring.lost_keys": {
    app_tenant: "SELECT(lost_at, purpose, tenant_id, version)",
    auditor: "SELECT",
    worker: "DELETE INSERT(epoch, loss_id, pool, purpose, tenant_id, version) SELECT",
  },
  "keyring.platform_keys": {
    auditor: "SELECT(created_at, kms_key_arn, name, version)",
    worker: "INSERT SELECT",
  },
};
