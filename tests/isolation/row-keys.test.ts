import { withConnection } from "@leasehold/db/client";
import type { Plane, ProcessRole } from "@leasehold/db/roles";
import { newId } from "@leasehold/domain/ids";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inside as insideOf, outcomeOf, refusalOf } from "../support/attacks.ts";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";
import { type Seeded, seedTenant } from "../support/seed-tenant.ts";

let databases: TestDatabases;
let ours: Seeded;
let theirs: Seeded;
beforeAll(async () => {
  databases = await createTestDatabases();
  [ours, theirs] = [await seedTenant(databases, newId("tenant")), await seedTenant(databases, newId("tenant"))];
});
afterAll(() => databases[Symbol.asyncDispose]());

/** A transaction of ours under one role; rolled back. */
const inside = <T>(plane: Plane, role: ProcessRole, work: (client: pg.Client) => Promise<T>): Promise<T> =>
  insideOf(databases.urlOf(plane, role), { plane, role, tenantId: ours.tenantId }, work);

describe("keys of rows tell nothing of other tenants", () => {
  const idOf = (seeded: Seeded, table: string, column: string) => String((seeded.rows[table] as Record<string, unknown>)[column]);

  test("a reference to another's row and to none are refused in the same words", async () => {
    const insert = `insert into app.documents (tenant_id, document_id, folder_id, name_cipher, name_hmac, content_type_cipher, object_key, key_version, created_by)
      values ('${ours.tenantId}', '${newId("document")}', $1, '\\x05', '\\x05', '\\x05', 'o', 1, 'u')`;
    await inside("application", "app_tenant", async (client) => {
      const [foreign, missing] = [
        await refusalOf(client, insert, [idOf(theirs, "app.folders", "folder_id")]),
        await refusalOf(client, insert, [newId("folder")]),
      ];
      expect(foreign).toContain("23503");
      expect(foreign).toBe(missing);
      expect(await refusalOf(client, insert, [idOf(ours, "app.folders", "folder_id")])).toBe("done");
    });
  });

  test("a row may have the id that another's row has", async () => {
    const insert = `insert into app.folders (tenant_id, folder_id, name_cipher, name_hmac, created_by) values ('${ours.tenantId}', $1, '\\x05', '\\x05', 'u')`;
    await inside("application", "app_tenant", async (client) => {
      expect(await outcomeOf(client, insert, [idOf(theirs, "app.folders", "folder_id")])).toBe(1);
      expect(await outcomeOf(client, insert, [idOf(ours, "app.folders", "folder_id")])).toBe("23505");
    });
  });

  test("what is unique over all tenants is random or public, and its conflict changes and returns nothing", async () => {
    const { rows } = await withConnection(databases.urlOf("control", "leasehold_owner"), (owner) =>
      owner.query<{ name: string }>(
        `select i.relname as name from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
         join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum = x.indkey[0]
         where n.nspname = 'control' and x.indisunique and a.attname <> 'tenant_id' and c.relname !~ 'transitions|exclusions|pools' order by 1`,
      ),
    );
    expect(rows.map(({ name }) => name)).toEqual([
      "certificate_head_pkey",
      "certificate_keys_pkey",
      "certificates_certificate_id_key",
      "certificates_hash_key",
      "certificates_sequence_key",
      "commands_idempotency_key_key",
      "invitations_token_hash_key",
      "mail_outbox_dedupe_key_key",
      "mail_outbox_pkey",
      "operations_operation_id_key",
      "operations_workflow_id_key",
      "operator_permissions_pkey",
      "operator_roles_pkey",
      "operator_session_ends_pkey",
      "payload_reads_pkey",
      "person_erasures_pseudonym_key",
      "sign_ups_capability_hash_key",
      "sign_ups_idempotency_key_key",
      "sign_ups_pkey",
      "slugs_pkey",
      "tenants_slug_live",
      "usage_totals_pkey",
    ]);
    const slug = idOf(theirs, "control.slugs", "slug");
    await inside("control", "portal", async (client) => {
      const own = `delete from control.slugs where tenant_id = '${ours.tenantId}'`;
      const take = "insert into control.slugs (slug, tenant_id) values ($1, $2) on conflict (slug)";
      expect(await outcomeOf(client, own)).toBe("42501");
      expect(await outcomeOf(client, `${take} do update set reserved_until = now() returning slug`, [slug, newId("tenant")])).toBe("42501");
      expect(await outcomeOf(client, `${take} do nothing returning slug`, [slug, ours.tenantId])).toBe(0);
    });
    await inside("application", "app_tenant", async (client) => {
      const upsert = `insert into app.rate_buckets (tenant_id, bucket, tokens, refilled_at, day) values ($1, 'tenant', 1, now(), now())
        on conflict (tenant_id, bucket) do update set tokens = 0 returning tokens`;
      expect(await outcomeOf(client, upsert, [theirs.tenantId])).toBe("42501");
      const moved = `update app.folders set parent_id = null where tenant_id = $1 returning name_cipher`;
      expect(await outcomeOf(client, moved, [theirs.tenantId])).toBe(0);
      expect(await outcomeOf(client, "delete from app.folders where tenant_id = $1 returning *", [theirs.tenantId])).toBe(0);
    });
  });
});
