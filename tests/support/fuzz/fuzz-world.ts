import { newId } from "@leasehold/domain/ids";
import { type Scope, scopes } from "@leasehold/domain/roles";
import { makeApiKey, restClient } from "../api-client.ts";
import { type ApplicationTenant, type ApplicationWorld, createApplicationWorld } from "../application-world.ts";

/** What a tenant has that another must never see. */
export interface Belongings {
  tenant: ApplicationTenant;
  /** Of these ids the other may make one of its own. */
  documentId: string;
  /** Nobody asks with it. */
  untoldDocumentId: string;
  folderId: string;
  keyId: string;
  folderName: string;
  documentName: string;
  content: string;
}

export interface FuzzWorld extends AsyncDisposable {
  app: ApplicationWorld;
  ours: Belongings;
  theirs: Belongings;
  /** A new key of our tenant with every scope, so that nothing is refused for want of one. */
  newApiKey(): Promise<string>;
  /** Ids to ask with, by the name of an input's member. */
  ids: Record<string, string[]>;
  /** What no answer to us may hold. */
  forbidden: string[];
  /** Every row that the other tenant has, as text. */
  theirRows(): Promise<string>;
}

const tables = ["folders", "documents", "document_grams", "audit", "api_keys", "idempotency_keys", "tenant_limits", "tenant_home"];

/** Two tenants with belongings on a real application plane, one of which asks. */
export async function createFuzzWorld(): Promise<FuzzWorld> {
  const app = await createApplicationWorld();
  const [ours, theirs] = [await furnish(app, "ours"), await furnish(app, "theirs")];
  const pair = (name: "documentId" | "folderId" | "keyId") => [ours[name], theirs[name]];
  const { tenant, documentId: _, ...belongings } = theirs;
  return {
    app,
    ours,
    theirs,
    async newApiKey() {
      const { key, keyId } = await makeApiKey(app, ours.tenant, { name: "Fuzzer" });
      const all: Scope[] = [...scopes];
      await app.query("update app.api_keys set scopes = $2 where key_id = $1", [keyId, JSON.stringify(all)]);
      return key;
    },
    ids: {
      documentId: pair("documentId"),
      cursor: pair("documentId"),
      folderId: pair("folderId"),
      parentId: pair("folderId"),
      keyId: pair("keyId"),
    },
    forbidden: [...Object.values(belongings), tenant.tenantId, tenant.placement.keyArn],
    async theirRows() {
      const rows = tables.map((table) =>
        app.query<{ row: string }>(`select r::text as row from app.${table} r where tenant_id = $1 order by 1`, [theirs.tenant.tenantId]),
      );
      return JSON.stringify(await Promise.all(rows));
    },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

async function furnish(app: ApplicationWorld, whose: string): Promise<Belongings> {
  const tenant = await app.createTenant({ plan: "enterprise" });
  const { key } = await makeApiKey(app, tenant);
  const { keyId } = await makeApiKey(app, tenant, { name: `Spare key that is ${whose}` });
  const call = restClient(app.url, key);
  const names = {
    folderName: `A folder that is ${whose}`,
    documentName: `A document that is ${whose}.txt`,
    content: `What is written is ${whose}`,
  };
  const folder = await call("POST", "/v1/folders", { name: names.folderName });
  const documentId = newId("document");
  const untoldDocumentId = newId("document");
  for (const [id, name] of [
    [documentId, names.documentName],
    [untoldDocumentId, `Another one that is ${whose}`],
  ] as const) {
    const query = new URLSearchParams({ name, folderId: folder.body.folderId });
    const stored = await call("PUT", `/v1/documents/${id}/body?${query}`, names.content, { "content-type": "text/plain" });
    if (stored.status !== 200) throw new Error(`the document was not stored: ${stored.text}`);
  }
  return { tenant, documentId, untoldDocumentId, folderId: folder.body.folderId, keyId, ...names };
}
