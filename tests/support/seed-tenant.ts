import { withConnection } from "@leasehold/db/client";
import { ownerRole, type Plane } from "@leasehold/db/roles";
import { newId } from "@leasehold/domain/ids";
import { nextCertificate } from "./certificates/seed-certificate.ts";
import type { TestDatabases } from "./databases.ts";

export interface Seeded {
  tenantId: string;
  userId: string;
  operationId: string;
  /** One row of each table with a tenant, as JSON, by table. */
  rows: Record<string, object>;
}

/** One row of one tenant in every table that has a tenant, written as the owner; the tenant is PROVISIONING. */
export async function seedTenant(databases: TestDatabases, tenantId: string): Promise<Seeded> {
  const userId = newId("user");
  const operationId = newId("operation");
  const exportId = newId("export");
  const slug = `a${tenantId.slice(-20).toLowerCase()}`;
  const of = { tenant_id: tenantId, operation_id: operationId };
  const folder = newId("folder");
  const document = newId("document");
  const bytes = "\\x01";
  const audit = {
    tenant_id: tenantId,
    audit_id: newId("audit"),
    actor: "user:x",
    action: "a.b",
    target: "t",
    request_id: newId("request"),
  };
  const names = { name_cipher: bytes, name_hmac: bytes, created_by: userId };
  const place = {
    epoch: 1,
    state: "ACTIVE",
    plan: "starter",
    region: "r",
    database: "pool",
    bucket: "b",
    object_prefix: "p/",
    key_arn: "k",
    role_arn: "r",
  };
  const rows: Record<Plane, [string, object][]> = {
    control: [
      ["tenants", { tenant_id: tenantId, slug, name: "Org", plan: "starter", region: "r", current_operation: operationId }],
      ["slugs", { tenant_id: tenantId, slug }],
      [
        "sign_ups",
        {
          tenant_id: tenantId,
          sign_up_id: newId("signUp"),
          idempotency_key: tenantId,
          body_hash: "h",
          capability_hash: tenantId,
          slug,
          organization_name: "Org",
          plan: "starter",
          region: "r",
          expires_at: "2100-01-01",
        },
      ],
      ["resources", { ...of, kind: "k", name: "n" }],
      ["operations", { ...of, kind: "onboarding", workflow_id: `onboarding:${operationId}`, requested_by: `user:${userId}`, last_seq: 1 }],
      ["operation_steps", { ...of, step: "place", position: 1, stage: 1 }],
      ["operation_events", { ...of, seq: 1, kind: "operation", state: "REQUESTED" }],
      [
        "commands",
        {
          ...of,
          command_id: newId("command"),
          kind: "onboard-tenant",
          idempotency_key: tenantId,
          body_hash: "h",
          actor: "operator:o",
          request_id: "r",
        },
      ],
      ["outbox", { ...of, event_id: newId("event"), type: "tenant.activated" }],
      ["offboardings", { ...of, from_state: "ACTIVE", requested_by: `user:${userId}`, hold_days: 30, with_export: true }],
      ["hold_changes", { ...of, change_id: newId("holdChange"), kind: "began", actor: "operator:o", at: "2026-01-01" }],
      ["suspensions", { ...of, action: "suspend", kind: "security", access: "closed", reason: "r", requested_by: "operator:o" }],
      // Before the legal hold, under which nobody is erased.
      ["person_erasures", { ...of, user_id: userId, pseudonym: newId("pseudonym"), documents: "keep", by_themselves: false }],
      [
        "legal_holds",
        {
          tenant_id: tenantId,
          hold_id: newId("legalHold"),
          case_number: "c",
          reason: "r",
          placed_by: "operator:o",
          placed_at: "2026-01-01",
        },
      ],
      ["account_erasures", { ...of, request_id: newId("request"), user_id: userId }],
      ["session_ends", { tenant_id: tenantId, request_id: newId("request"), user_id: userId, requested_by: "operator:o", reason: "r" }],
      // Its place is the next of the one chain: known when it is inserted.
      ["certificates", {}],
      ["offboarding_evidence", { ...of, item: "store:x", evidence: {} }],
      ["shredding_canaries", { ...of, path: "kms", opener: "k", ciphertext: bytes, sha256: "ab".repeat(32) }],
      ["mail_requests", { tenant_id: tenantId, request_key: "k", template: "t", audience: "owners", props: {}, held: false }],
      ["audit", { ...audit, operation_id: operationId }],
      ["audit_heads", { tenant_id: tenantId, seq: 1, link: `\\x${"ab".repeat(32)}` }],
      ["audit_anchors", { tenant_id: tenantId, plane: "control", seq: 1, link: `\\x${"ab".repeat(32)}`, object_key: "k" }],
      ["mail_outbox", { tenant_id: tenantId, mail_id: newId("mail"), dedupe_key: tenantId, template: "t", sealed: "s" }],
      ["members", { tenant_id: tenantId, user_id: userId, role: "owner" }],
      [
        "second_factor_resets",
        { tenant_id: tenantId, reset_id: newId("secondFactorReset"), user_id: userId, requested_by: "operator:o", reason: "r" },
      ],
      ["tenant_keys", { tenant_id: tenantId, key_arn: "k" }],
      [
        "key_losses",
        { tenant_id: tenantId, loss_id: newId("keyLoss"), pool: "p", epoch: 1, versions: [1], requested_by: "operator:o", reason: "r" },
      ],
      ["exports", { tenant_id: tenantId, export_id: exportId, requested_by: `user:${userId}` }],
      ["export_parts", { tenant_id: tenantId, export_id: exportId, section: "bodies", number: 0, name: "bodies_0", bytes: 1 }],
      ["export_people", { tenant_id: tenantId, sealed: "s" }],
      [
        "invitations",
        {
          tenant_id: tenantId,
          invitation_id: newId("invitation"),
          email: "a@example.test",
          role: "member",
          token_hash: tenantId,
          invited_by: userId,
          expires_at: "2100-01-01",
        },
      ],
    ],
    application: [
      ["tenant_home", { tenant_id: tenantId, epoch: 1, mode: "rw" }],
      ["tenant_placement", { tenant_id: tenantId, ...place }],
      ["tenant_limits", { tenant_id: tenantId, limits: {} }],
      ["rate_buckets", { tenant_id: tenantId, bucket: "tenant", tokens: 1, refilled_at: "2026-01-01", day: "2026-01-01", day_used: 0 }],
      ["folders", { tenant_id: tenantId, folder_id: folder, ...names }],
      [
        "documents",
        {
          tenant_id: tenantId,
          document_id: document,
          folder_id: folder,
          ...names,
          content_type_cipher: bytes,
          object_key: "o",
          key_version: 1,
        },
      ],
      ["document_grams", { tenant_id: tenantId, document_id: document, gram: 1 }],
      ["audit", audit],
      ["audit_heads", { tenant_id: tenantId, seq: 1, link: `\\x${"ab".repeat(32)}` }],
      [
        "idempotency_keys",
        { tenant_id: tenantId, actor: "user:x", key_hash: `\\x${"01".repeat(32)}`, sealed: bytes, expires_at: "2100-01-01" },
      ],
      [
        "api_keys",
        {
          tenant_id: tenantId,
          key_id: newId("apiKey"),
          name_cipher: bytes,
          secret_hash: `\\x${"01".repeat(32)}`,
          scopes: ["documents:read"],
          created_by: userId,
          expires_at: "2100-01-01",
        },
      ],
    ],
    keyring: [
      ["data_keys", { tenant_id: tenantId, version: 1, wrapped: bytes, kms_key_arn: "k" }],
      ["lost_keys", { tenant_id: tenantId, purpose: "data", version: 7, pool: "p", epoch: 1, loss_id: newId("keyLoss") }],
      ["former_keys", { tenant_id: tenantId, kms_key_arn: "f", customer_managed: false }],
    ],
  };
  const schemas: Record<Plane, string> = { control: "control", application: "app", keyring: "keyring" };
  const seeded: Record<string, object> = {};
  for (const [plane, list] of Object.entries(rows) as [Plane, [string, object][]][])
    await withConnection(databases.urlOf(plane, ownerRole), async (owner) => {
      for (const [table, values] of list) {
        const name = `${schemas[plane]}.${table}`;
        if (table === "certificates") Object.assign(values, await nextCertificate(owner, of));
        const columns = Object.keys(values).join(", ");
        const inserted = await owner.query(
          `insert into ${name} (${columns}) select ${columns} from jsonb_populate_record(null::${name}, $1) returning to_jsonb(${table}) as row`,
          [JSON.stringify(values)],
        );
        seeded[name] = inserted.rows[0].row;
      }
    });
  return { tenantId, userId, operationId, rows: seeded };
}
