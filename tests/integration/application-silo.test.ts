import { openHome } from "@leasehold/db/application/placement/open-home";
import { publishPlacement } from "@leasehold/db/application/placement/publish-placement";
import { setLimits } from "@leasehold/db/application/placement/set-limits";
import { createDatabase, dropDatabase } from "@leasehold/db/bootstrap";
import { createPool, withConnection, withDatabase } from "@leasehold/db/client";
import { migrate } from "@leasehold/db/migrate";
import { newId } from "@leasehold/domain/ids";
import { firstEpoch, siloDatabaseOf } from "@leasehold/domain/placement";
import { plans } from "@leasehold/domain/plans";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ApplicationTenant, type ApplicationWorld, createApplicationWorld } from "../support/application-world.ts";

let app: ApplicationWorld;
let tenant: ApplicationTenant;
let siloUrl: string;
let name: string;

beforeAll(async () => {
  app = await createApplicationWorld();
  tenant = await app.createTenant({ plan: "enterprise" });
  name = siloDatabaseOf(tenant.tenantId);
  const ownerUrl = app.world.ownerUrl("application");
  await createDatabase(ownerUrl, name, "application");
  siloUrl = withDatabase(ownerUrl, name);
  await migrate(siloUrl, "application");
  const silo = createPool(withDatabase(app.world.urlOf("application", "worker"), name));
  await openHome(silo, tenant.tenantId, firstEpoch);
  await setLimits(silo, tenant.tenantId, plans.enterprise.limits);
  await silo.end();
});
afterAll(async () => {
  await dropDatabase(app.world.stack.database.ownerUrl, name);
  await app[Symbol.asyncDispose]();
});

const place = (database: string) =>
  publishPlacement(app.world.pool("application", "worker"), {
    ...tenant,
    state: "ACTIVE",
    placement: { ...tenant.placement, database: { name: database } },
  });

it("keeps the rows of a tenant with a database of its own there, and none in the pool", async () => {
  await place(name);
  const client = await app.as(tenant);
  const documentId = newId("document");
  expect((await client.put({ documentId, name: "own" }, "body")).status).toBe(200);
  expect(await (await client.get(documentId)).text()).toBe("body");
  expect((await client.trpc.documents.list.query({})).documents).toHaveLength(1);
  const rows = "select 1 from app.documents where document_id = $1";
  expect(await app.query(rows, [documentId])).toEqual([]);
  expect((await withConnection(siloUrl, (silo) => silo.query(rows, [documentId]))).rowCount).toBe(1);
});

it("does not go to a database that is another tenant's", async () => {
  const other = await app.createTenant({ plan: "enterprise" });
  await publishPlacement(app.world.pool("application", "worker"), {
    ...other,
    state: "ACTIVE",
    placement: { ...other.placement, database: { name } },
  });
  await expect((await app.as(other)).trpc.documents.list.query({})).rejects.toMatchObject({
    data: { code: "INTERNAL_SERVER_ERROR", domainCode: null },
  });
});
