import { readVersions } from "@leasehold/activities/offboarding/certificates/read-versions";
import { createCertificateActivities } from "@leasehold/activities/offboarding/create-certificate-activities";
import { listCertificatesOf } from "@leasehold/db/control/offboarding/certificates/find-certificate";
import { newId } from "@leasehold/domain/ids";
import { stackEnv } from "@leasehold/infra/local/stack-env";
import { GET as getFile } from "@leasehold/portal/app/certificates/[certificateId]/[file]/route";
import { GET as getKeys } from "@leasehold/portal/app/certificates/keys.json/route";
import { readCertificateKeys, verifyFiles } from "@leasehold/tenancy/certificates/verify-files";
import { createLogger } from "@leasehold/tenancy/logger";
import { createClients } from "@leasehold/worker/clients";
import { readEnv } from "@leasehold/worker/env";
import { MockActivityEnvironment } from "@temporalio/testing";
import { expect, test } from "vitest";
import { sampleKey, sampleStore } from "../support/certificates/sample-certificate.ts";
import { insertShreddedTenant, record } from "../support/certificates/shredded-tenant.ts";
import { createWorld } from "../support/world.ts";

test("what is published verifies with what is published, and an id that nobody was given opens nothing", async () => {
  await using world = await createWorld();
  // The one that the routes of this process find.
  Object.assign(globalThis, {
    leaseholdPortal: { control: world.pool("control", "portal"), logger: createLogger({ name: "portal", level: "silent" }) },
  });
  const clients = createClients(readEnv(stackEnv(world.stack, "worker")));
  const certificates = createCertificateActivities({ ...clients, expectedItems: () => [], versions: await readVersions(undefined) });
  const tenant = await insertShreddedTenant(world);
  await record(world, tenant, sampleStore, sampleKey);
  const { tenantId, operationId } = tenant;
  await new MockActivityEnvironment({ startToCloseTimeoutMs: 60_000 }).run(certificates.certifyClosure, { tenantId, operationId });
  await clients.close();
  const [stored] = await listCertificatesOf(world.pool("control", "operator"), tenant);
  const get = (certificateId: string, file: string) =>
    getFile(new Request("http://localhost/"), { params: Promise.resolve({ certificateId, file }) });

  const keys = readCertificateKeys(await (await getKeys()).text());
  const files = await Promise.all(
    ["certificate.json", "certificate.pdf"].map(async (name) => {
      const answer = await get(stored?.certificateId ?? "", name);
      expect(answer.headers.get("cache-control")).toBe("private, no-store");
      return { name, bytes: new Uint8Array(await answer.arrayBuffer()) };
    }),
  );
  expect(await verifyFiles(files, keys)).toMatchObject({ holds: true });
  for (const [id, file] of [
    [newId("certificate"), "certificate.json"],
    [tenantId, "certificate.json"],
    [stored?.certificateId ?? "", "other.json"],
    ["%00", "certificate.json"],
  ] as const)
    expect((await get(id, file)).status, `${id} ${file}`).toBe(404);
});
