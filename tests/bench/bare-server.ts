import { randomBytes } from "node:crypto";
import { openDocument, sealFolderName } from "@leasehold/application/documents/document-cells";
import { documentId, documentView, folderView } from "@leasehold/application/documents/schemas";
import { findDocument } from "@leasehold/db/application/documents/find-document";
import { createFolder } from "@leasehold/db/application/folders/create-folder";
import type { TenantTransaction } from "@leasehold/db/application/with-tenant";
import { createPool } from "@leasehold/db/client";
import { newId, type TenantId } from "@leasehold/domain/ids";
import type { AppContext } from "@leasehold/tenancy/context";
import type { TenantData } from "@leasehold/tenancy/data/tenant-data";
import { readIdempotencyKey, runOnce } from "@leasehold/tenancy/idempotency/run-once";
import { initTRPC } from "@trpc/server";
import { fastifyTRPCPlugin } from "@trpc/server/adapters/fastify";
import { drizzle } from "drizzle-orm/node-postgres";
import fastify, { type FastifyRequest } from "fastify";
import superjson from "superjson";
import { z } from "zod";
import { oneKey } from "./one-key.ts";

// `node bare-server.ts <database URL> <key, hex>`: the product's own handlers over a bare pool, one key in memory, and no tenancy: nobody
// is verified, looked up, limited, fenced or kept apart. Whose row it is comes with the request.
const [databaseUrl = "", keyHex = ""] = process.argv.slice(2);
const pool = createPool(databaseUrl);
const key = keyHex === "" ? randomBytes(32) : Buffer.from(keyHex, "hex");

const data: TenantData = {
  query: async (_scope, _access, work) => work(drizzle(pool) as unknown as TenantTransaction),
  async transaction(_scope, _access, work) {
    const client = await pool.connect();
    try {
      await client.query("begin");
      const result = await work(drizzle(client) as unknown as TenantTransaction);
      await client.query("commit");
      client.release();
      return result;
    } catch (error) {
      client.release(true);
      throw error;
    }
  },
  poolOf: async () => pool,
  close: () => pool.end(),
};
const keys = oneKey(key);

const t = initTRPC.context<{ app: AppContext; idempotencyKey: string | string[] | undefined }>().create({ transformer: superjson });
const bareRouter = t.router({
  documents: t.router({
    get: t.procedure
      .input(z.object({ documentId }))
      .output(documentView)
      .query(async ({ ctx: { app }, input }) => {
        const row = await data.query(app, "read", (tx) => findDocument(tx, app.tenantId, input.documentId));
        return openDocument(keys, app, row);
      }),
    createFolder: t.procedure
      .input(z.object({ name: z.string() }))
      .output(folderView)
      .mutation(async ({ ctx: { app, idempotencyKey }, input }) => {
        const folderId = newId("folder");
        const folder = { folderId, parentId: null, ...(await sealFolderName(keys, app, folderId, input.name)) };
        const request = { key: readIdempotencyKey(idempotencyKey), operation: "documents.createFolder", input };
        const created = await runOnce({ data, keys }, app, request, async (tx) => (await createFolder(tx, app, folder)).folderId);
        return { folderId: created, name: input.name, nameLost: false };
      }),
  }),
});

function contextOf({ headers, id }: FastifyRequest): AppContext {
  const tenantId = String(headers["x-tenant"]) as TenantId;
  const placement = { region: "", database: "pool" as const, bucket: "", objectPrefix: "", keyArn: "", roleArn: "", epoch: 1 };
  return {
    tenantId,
    plan: "pro",
    placement,
    actor: { type: "user", userId: "usr_bench" },
    requestId: id,
    roles: [],
    tokenScope: undefined,
  };
}

const server = fastify({ logger: false });
server.register(fastifyTRPCPlugin, {
  prefix: "/trpc",
  trpcOptions: {
    router: bareRouter,
    createContext: ({ req }: { req: FastifyRequest }) => ({ app: contextOf(req), idempotencyKey: req.headers["idempotency-key"] }),
  },
});
process.once("disconnect", () => process.exit());
process.once("SIGTERM", async () => {
  await server.close();
  await pool.end();
  // Who listens for the end of the channel is kept by it.
  process.exit();
});
process.send?.(await server.listen({ host: "127.0.0.1", port: 0 }));
