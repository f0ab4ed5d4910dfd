import { withTenant } from "@leasehold/db/application/with-tenant";
import { createPool, withConnection, withDatabase } from "@leasehold/db/client";
import { connectRoles, type Plane, type ProcessRole, planes } from "@leasehold/db/roles";
import { newId } from "@leasehold/domain/ids";
import { sql } from "drizzle-orm";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inside as insideOf, outcomeOf } from "../support/attacks.ts";
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

const everyLogin = planes.flatMap((plane) => connectRoles[plane].map((role) => ({ plane, role })));
const tenantLogins = everyLogin.filter(({ role }) => role === "app_tenant" || role === "portal");

/** A transaction of ours under one role; rolled back. */
const inside = <T>(plane: Plane, role: ProcessRole, work: (client: pg.Client) => Promise<T>): Promise<T> =>
  insideOf(databases.urlOf(plane, role), { plane, role, tenantId: ours.tenantId }, work);

const tablesOf = (plane: Plane) => {
  const schema = { control: "control.", application: "app.", keyring: "keyring." }[plane];
  return Object.keys(theirs.rows).filter((table) => table.startsWith(schema));
};

describe.each(everyLogin)("$role in the $plane database", ({ plane, role }) => {
  test("creates nothing, becomes nobody and loads nothing", async () => {
    const attacks = [
      "create temp table loot (x text)",
      "create table public.loot (x text)",
      "create schema loot",
      "create view public.loot as select 1",
      "create function public.peek(text) returns boolean language sql cost 0.0001 as 'select true'",
      "create function pg_temp.peek(text) returns boolean language sql cost 0.0001 as 'select true'",
      "create operator public.=== (leftarg = text, rightarg = text, function = texteq)",
      "create extension dblink",
      "set role leasehold_owner",
      "set session authorization leasehold_owner",
      "alter role current_user bypassrls",
      "copy (select 1) to program 'true'",
      "copy (select 1) to '/tmp/loot'",
      "select pg_read_file('/etc/passwd')",
      "select * from pg_statistic limit 1",
      "select rolpassword from pg_authid limit 1",
      "set local session_replication_role = replica",
      "set local log_statement = 'all'",
    ];
    const outcomes = await inside(plane, role, async (client) => {
      const found: Record<string, number | string> = {};
      for (const attack of attacks) found[attack] = await outcomeOf(client, attack);
      return found;
    });
    const refusals = new Set<number | string>(["42501", "3F000", "0A000", "58P01"]);
    expect(Object.entries(outcomes).filter(([, outcome]) => !refusals.has(outcome))).toEqual([]);
  });

  test("truncates, references and hooks into no table, and row-level security is not switched off", async () => {
    const wrong: string[] = [];
    await inside(plane, role, async (client) => {
      for (const table of tablesOf(plane)) {
        const attacks = [
          `truncate ${table}`,
          `create trigger peek after insert on ${table} execute function suppress_redundant_updates_trigger()`,
          `alter table ${table} disable row level security`,
          `create policy peek on ${table} using (true)`,
          `copy ${table} from stdin`,
        ];
        for (const attack of attacks) {
          const outcome = await outcomeOf(client, attack);
          if (outcome !== "42501" && outcome !== "0A000") wrong.push(`${attack}: ${outcome}`);
        }
      }
    });
    expect(wrong).toEqual([]);
  });

  test("reaches no partition by its own name", async () => {
    const { rows } = await withConnection(databases.urlOf(plane, role), (client) =>
      client.query(
        `select c.oid::regclass::text as name from pg_class c where c.relispartition and c.relkind = 'r'
           and (has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER') or has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE'))`,
      ),
    );
    expect(rows).toEqual([]);
  });
});

describe.each(tenantLogins)("a tenant's transaction as $role in the $plane database", ({ plane, role }) => {
  test("copies out and locks its own rows alone", async () => {
    const wrong: string[] = [];
    await inside(plane, role, async (client) => {
      for (const table of tablesOf(plane)) {
        const copied = await outcomeOf(client, `copy ${table} to stdout`);
        const open = table === "control.slugs";
        // Of a partitioned table the command reads the parent alone, which holds no row.
        if (copied !== "42501" && copied !== 1 && copied !== 0 && !open) wrong.push(`copy ${table}: ${copied}`);
        for (const lock of ["update", "no key update", "share", "key share"]) {
          const locked = await outcomeOf(client, `select 1 from ${table} where tenant_id = $1 for ${lock}`, [theirs.tenantId]);
          if (locked !== 0 && locked !== "42501") wrong.push(`lock ${table} for ${lock}: ${locked}`);
        }
      }
    });
    expect(wrong).toEqual([]);
  });

  test("an expression that fails on another's row is never asked about it", async () => {
    const wrong: string[] = [];
    await inside(plane, role, async (client) => {
      for (const table of tablesOf(plane).filter((name) => name !== "control.slugs")) {
        const peek = (tenantId: string) =>
          outcomeOf(client, `select count(*) from ${table} where 1 / (case when tenant_id = '${tenantId}' then 0 else 1 end) = 0`);
        const [own, foreign] = [await peek(ours.tenantId), await peek(theirs.tenantId)];
        if (foreign !== 0 && foreign !== "42501") wrong.push(`${table}: ${foreign}`);
        if (own !== "22012" && own !== "42501") wrong.push(`${table} does not evaluate it on its own: ${own}`);
      }
    });
    expect(wrong).toEqual([]);
  });

  test("learns nothing from statistics or from other sessions", async () => {
    await withConnection(databases.urlOf(plane, "leasehold_owner"), (owner) => owner.query("analyze"));
    await inside(plane, role, async (client) => {
      const statistics =
        "select count(*) from pg_stats where schemaname in ('app', 'control', 'keyring') and tablename !~ '_transitions|_exclusions'";
      expect(await outcomeOf(client, statistics)).toBe(0);
      const others = `select count(*) from pg_stat_activity where usename <> current_user and query is not null and query not in ('', '<insufficient privilege>')`;
      expect(await outcomeOf(client, others)).toBe(0);
      expect(await outcomeOf(client, "select count(*) from pg_sequences where schemaname in ('app', 'control', 'keyring')")).toBe(0);
    });
  });

  test("row-level security that is switched off by a setting refuses rather than shows", async () => {
    const [table = ""] = tablesOf(plane).filter((name) => /documents$|members$|data_keys$/.test(name));
    await inside(plane, role, async (client) => {
      await client.query("set local row_security = off");
      expect(await outcomeOf(client, `select count(*) from ${table}`)).toBe("42501");
    });
  });
});

describe("the tenant of a transaction", () => {
  test("is one, ends with it, and is named by no other statement than the ones that enter", async () => {
    await withConnection(databases.urlOf("application", "app_tenant"), async (client) => {
      await client.query("begin");
      await client.query("select app.enter($1, 1)", [ours.tenantId]);
      await client.query("select app.locate($1)", [theirs.tenantId]);
      expect((await client.query("select tenant_id from app.documents")).rows).toEqual([]);
      await client.query("select app.enter($1, 1)", [ours.tenantId]);
      await client.query("savepoint other");
      await expect(client.query("select app.enter($1, 7)", [theirs.tenantId])).rejects.toThrow();
      await client.query("rollback to savepoint other");
      expect((await client.query("select tenant_id from app.documents")).rows).toEqual([{ tenant_id: ours.tenantId }]);
      await client.query("commit");
      expect((await client.query("select tenant_id from app.documents")).rows).toEqual([]);
      expect((await client.query("select current_setting('app.tenant', true) as tenant")).rows).toEqual([{ tenant: "" }]);
    });
  });

  test("counts for a prepared statement each time it runs, generic plan or not", async () => {
    await withConnection(databases.urlOf("application", "app_tenant"), async (client) => {
      for (let turn = 0; turn < 14; turn++) {
        const { tenantId } = turn % 2 === 0 ? ours : theirs;
        await client.query("begin");
        await client.query("select app.enter($1, 1)", [tenantId]);
        const { rows } = await client.query({ name: "all", text: "select tenant_id from app.documents" });
        await client.query("commit");
        expect(rows).toEqual([{ tenant_id: tenantId }]);
      }
    });
  });

  test.each(["the server ends the session", "the client's connection breaks", "a statement fails"])("is not kept when %s", async (how) => {
    const pool = createPool(databases.urlOf("application", "app_tenant"), { max: 1 });
    const folderId = newId("folder");
    await expect(
      withTenant(pool, { tenantId: ours.tenantId, epoch: 1 }, async (tx) => {
        await tx.execute(
          sql`insert into app.folders (tenant_id, folder_id, name_cipher, name_hmac, created_by) values (${ours.tenantId}, ${folderId}, '\\x06', '\\x06', 'u')`,
        );
        const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
        if (how === "a statement fails") await tx.execute(sql`select 1 / 0`);
        else if (how.startsWith("the server")) {
          await withConnection(databases.server.adminUrl, (admin) => admin.query("select pg_terminate_backend($1)", [rows[0]?.pid]));
          await tx.execute(sql`select 1`);
        } else throw new Error("the process is gone");
      }),
    ).rejects.toThrow();
    const after = await pool.query(
      "select current_setting('app.tenant', true) as tenant, (select count(*)::int from app.documents) as seen",
    );
    expect(after.rows[0].seen).toBe(0);
    expect(after.rows[0].tenant || "").toBe("");
    expect(await databases.query("application", "select from app.folders where folder_id = $1", [folderId])).toEqual([]);
    await pool.end();
  });
});

test("notifications carry ids alone", async () => {
  const heard: string[] = [];
  await withConnection(databases.urlOf("control", "portal"), async (listener) => {
    listener.on("notification", ({ payload }) => heard.push(payload ?? ""));
    for (const channel of ["operation_events", "commands", "mail"]) await listener.query(`listen ${channel}`);
    await withConnection(databases.urlOf("control", "worker"), async (worker) => {
      await worker.query("begin");
      await worker.query("select control.enter($1)", [theirs.tenantId]);
      await worker.query("update control.operation_steps set state = 'RUNNING' where tenant_id = $1", [theirs.tenantId]);
      await worker.query(
        "insert into control.mail_outbox (mail_id, dedupe_key, template, sealed, tenant_id) values ($1, $1, 't', 's', $2)",
        [newId("mail"), theirs.tenantId],
      );
      await worker.query("commit");
    });
    for (let turn = 0; heard.length < 2 && turn < 50; turn++) await listener.query("select pg_sleep(0.02)");
  });
  expect(heard.length).toBeGreaterThanOrEqual(2);
  for (const payload of heard) expect(payload).toMatch(/^(op|cmd|mail)_[0-9A-HJKMNP-TV-Z]{26}(:\d+)?$/);
});

test("a clone of a template lets nobody in who was not let in before", async () => {
  const clone = await databases.clone("application");
  await expect(withConnection(withDatabase(databases.urlOf("control", "portal"), clone.name), async () => undefined)).rejects.toThrow(
    /permission denied/,
  );
});
