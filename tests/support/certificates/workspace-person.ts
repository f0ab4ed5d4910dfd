import { randomUUID } from "node:crypto";
import { withConnection } from "@leasehold/db/client";
import { newId, type TenantId } from "@leasehold/domain/ids";
import { appUrl } from "@leasehold/infra/local/stack-env";
import { restClient } from "../api-client.ts";
import { documentsOf } from "../documents-client.ts";
import type { RequestedTenant } from "../request-onboarding.ts";
import type { World } from "../world.ts";

export interface WorkspacePerson {
  userId: string;
  email: string;
  name: string;
  /** Documents that they stored. */
  documentIds: string[];
}

/** A member with an account, a session, documents, a folder, an API key, invitations sent and received, and answers that are kept. */
export async function addWorkspacePerson(world: World, tenant: RequestedTenant): Promise<WorkspacePerson> {
  const userId = newId("user");
  const person = { userId, email: `${userId.toLowerCase()}@erased.example`, name: `Erasable ${userId.slice(-6)}` };
  const { tenantId } = tenant;
  await withConnection(world.urlOf("control", "identity"), async (identity) => {
    await identity.query("insert into identity.users (id, name, email, email_verified) values ($1, $2, $3, true)", [
      userId,
      person.name,
      person.email,
    ]);
    await identity.query(
      "insert into identity.accounts (id, user_id, account_id, provider_id, password) values ($1, $2, $2, 'credential', 'h')",
      [randomUUID(), userId],
    );
    await identity.query("insert into identity.sessions (id, user_id, token, expires_at) values ($1, $2, $1, now() + interval '1 day')", [
      randomUUID(),
      userId,
    ]);
  });
  await withConnection(world.ownerUrl("control"), async (owner) => {
    await owner.query("insert into control.members (tenant_id, user_id, role) values ($1, $2, 'admin')", [tenantId, userId]);
    await owner.query("insert into control.members (tenant_id, user_id, role, invited_by) values ($1, $2, 'viewer', $3)", [
      tenantId,
      newId("user"),
      `user:${userId}`,
    ]);
    await invite(owner, tenantId, person.email, "user:x", userId);
    await invite(owner, tenantId, `friend.${person.email}`, `user:${userId}`, null);
    await owner.query(
      "insert into control.audit (tenant_id, audit_id, actor, action, target, request_id, details) values ($1, $2, $3, 'member.invited', 'x', 'r', $4)",
      [tenantId, newId("audit"), `user:${userId}`, JSON.stringify({ said: person.name })],
    );
  });
  const documents = documentsOf(world, { tenantId, userId, plan: "pro" });
  const folderId = await documents.createFolder(`Folder of ${person.name}`);
  const documentIds = [
    await documents.store(`One ${userId}.txt`, Buffer.from("one")),
    await documents.store(`Two ${userId}.txt`, Buffer.from("two")),
  ];
  await documents.rename(documentIds[0] ?? "", `Renamed by ${person.name}`);
  const asPerson = restClient(appUrl(world.stack, "application"), await world.tokenFor({ tenantId, userId, plan: "pro" }));
  const { status } = await asPerson("POST", "/v1/api-keys", { name: "Nightly", scopes: ["documents:read"], expiresInDays: 30 });
  if (status >= 300) throw new Error(`no API key was made: ${status}`);
  await withConnection(world.ownerUrl("application"), async (owner) => {
    await owner.query(
      `insert into app.idempotency_keys (tenant_id, actor, key_hash, sealed, expires_at)
       select $1, $2, sha256('x'), name_cipher, now() + interval '1 day' from app.folders where folder_id = $3`,
      [tenantId, `user:${userId}`, folderId],
    );
  });
  return { ...person, documentIds };
}

async function invite(
  owner: { query: (text: string, values: unknown[]) => Promise<unknown> },
  tenantId: TenantId,
  email: string,
  by: string,
  acceptedBy: string | null,
): Promise<void> {
  await owner.query(
    `insert into control.invitations (tenant_id, invitation_id, email, role, state, token_hash, invited_by, expires_at, accepted_by)
     values ($1, $2, $3, 'member', $4, $2, $5, now() + interval '1 day', $6)`,
    [tenantId, newId("invitation"), email, acceptedBy === null ? "PENDING" : "ACCEPTED", by, acceptedBy],
  );
}

/** Every table, column by column, of the control and application databases and of the identity schema in which `text` is found. */
export async function tablesWith(world: World, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const [url, schemas] of [
    [world.stack.database.adminUrl, ["control", "identity"]],
    [world.stack.database.adminUrl, ["app"]],
  ] as const) {
    const database = schemas[0] === "app" ? world.stack.database.names.application : world.stack.database.names.control;
    const at = new URL(url);
    at.pathname = `/${database}`;
    await withConnection(at.href, async (admin) => {
      const { rows } = await admin.query<{ name: string }>(
        `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = any ($1) and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
        [schemas],
      );
      for (const { name } of rows) {
        const hits = await admin.query(`select 1 from ${name} x where to_jsonb(x)::text like $1 limit 1`, [`%${text}%`]);
        if (hits.rowCount !== 0) found.push(name);
      }
    });
  }
  return found;
}
