import { newId } from "@leasehold/domain/ids";
import type { Seeded } from "../seed-tenant.ts";
import { auditGuards } from "./audit-guards.ts";
import { authorGuards } from "./erasure-guards.ts";
import type { GuardProbe, MakeGuards } from "./guard-probes.ts";
import { keyringGuards } from "./keyring-guards.ts";

/** A tenant whose fence another session holds while mutations are tried. */
export const fencedTenant = "tnt_00000000000000000000000000";

export const tenantGuards: Record<"application" | "keyring", MakeGuards> = {
  application: (ours, theirs) => [
    ...fenceGuards(ours),
    ...auditGuards("app", ours, theirs),
    ...retiredKeyGuards(ours),
    ...authorGuards(ours),
  ],
  keyring: keyringGuards,
};

function fenceGuards({ tenantId }: Seeded): GuardProbe[] {
  const home = ["app.tenant_home"];
  const inMode = (mode: string) => `update app.tenant_home set mode = '${mode}' where tenant_id = '${tenantId}'`;
  const enters = { tables: home, role: "app_tenant", enter: "nobody" } as const;
  const enter = (tenant: string, epoch = 1, writes = true) => `select count(*) from app.enter('${tenant}', ${epoch}, ${writes})`;
  return [
    { ...enters, what: "a tenant is entered", does: enter(tenantId), expect: 1 },
    { ...enters, what: "an unknown tenant is entered", does: enter(newId("tenant")), expect: "LH012" },
    { ...enters, what: "a tenant that is being changed is entered", does: enter(fencedTenant), expect: "LH013" },
    { ...enters, what: "an older epoch is entered", does: enter(tenantId, 2), expect: "LH011" },
    { ...enters, what: "one that has moved is entered", given: inMode("moved"), does: enter(tenantId), expect: "LH011" },
    { ...enters, what: "a closed one is entered", given: inMode("closed"), does: enter(tenantId, 1, false), expect: "LH010" },
    { ...enters, what: "a frozen one is entered to write", given: inMode("ro"), does: enter(tenantId), expect: "LH010" },
    { ...enters, what: "a frozen one is entered to read", given: inMode("ro"), does: enter(tenantId, 1, false), expect: 1 },
    { ...enters, what: "a shut one is entered to read", given: inMode("shut"), does: enter(tenantId, 1, false), expect: "LH010" },
    { ...enters, what: "a suspended one is entered to write", given: inMode("suspended"), does: enter(tenantId), expect: "LH010" },
    { ...enters, what: "a suspended one is entered to read", given: inMode("suspended"), does: enter(tenantId, 1, false), expect: 1 },
    {
      tables: home,
      role: "worker",
      what: "a change of the home takes the fence",
      does: inMode("ro"),
      after: "select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid() and mode = 'ExclusiveLock'",
      expect: 1,
    },
  ];
}

/** What is sealed under a retired version of the data key never arrives. */
function retiredKeyGuards({ tenantId }: Seeded): GuardProbe[] {
  const given = `update app.tenant_home set least_key_version = 2 where tenant_id = '${tenantId}'`;
  const sealed = (version: number) => `'\\x01${version.toString(16).padStart(8, "0")}${"00".repeat(28)}'`;
  const of = `where tenant_id = '${tenantId}'`;
  const probe = (table: string, what: string, does: string, expect: number | string = "LH020"): GuardProbe => ({
    tables: [table],
    role: "app_tenant",
    what,
    given,
    does,
    expect,
  });
  const folder = (version: number) =>
    `insert into app.folders (tenant_id, folder_id, name_cipher, name_hmac, created_by) values ('${tenantId}', '${newId("folder")}', ${sealed(version)}, '\\x02', 'u')`;
  const document = (name: number, type: number, body: number) =>
    `insert into app.documents (tenant_id, document_id, name_cipher, name_hmac, content_type_cipher, object_key, key_version, created_by)
     values ('${tenantId}', '${newId("document")}', ${sealed(name)}, '\\x02', ${sealed(type)}, 'o', ${body}, 'u')`;
  const documents = (change: string) => `update app.documents set ${change} ${of}`;
  return [
    probe("app.folders", "a folder under the newest key", folder(2), 1),
    probe("app.folders", "a folder under a retired key", folder(1)),
    probe("app.folders", "a folder renamed under a retired key", `update app.folders set name_cipher = ${sealed(1)} ${of}`),
    probe("app.documents", "a document under the newest key", document(2, 2, 2), 1),
    probe("app.documents", "a name under a retired key", document(1, 2, 2)),
    probe("app.documents", "a body under a retired key", document(2, 2, 1)),
    probe("app.documents", "a document renamed under a retired key", documents(`name_cipher = ${sealed(1)}`)),
    probe("app.documents", "a type under a retired key", documents(`content_type_cipher = ${sealed(1)}`)),
    probe("app.documents", "a body moved under a retired key", documents("key_version = 0")),
    probe(
      "app.api_keys",
      "an API key's name under a retired key",
      `insert into app.api_keys (tenant_id, key_id, name_cipher, secret_hash, scopes, created_by, expires_at)
       values ('${tenantId}', '${newId("apiKey")}', ${sealed(1)}, decode(repeat('00', 32), 'hex'), '[]', 'u', '2100-01-01')`,
    ),
    probe(
      "app.audit",
      "an audit row's details under a retired key",
      `insert into app.audit (tenant_id, audit_id, actor, action, target, request_id, sealed_details, sealed_commitment)
       values ('${tenantId}', '${newId("audit")}', 'u', 'a', 't', 'r', ${sealed(1)}, decode(repeat('00', 32), 'hex'))`,
    ),
    probe("app.idempotency_keys", "a kept answer under a retired key", `update app.idempotency_keys set sealed = ${sealed(1)} ${of}`),
  ];
}
