import { readVersions } from "@leasehold/activities/offboarding/certificates/read-versions";
import { createCertificateActivities } from "@leasehold/activities/offboarding/create-certificate-activities";
import { listCertificatesOf } from "@leasehold/db/control/offboarding/certificates/find-certificate";
import { stackEnv } from "@leasehold/infra/local/stack-env";
import { createClients } from "@leasehold/worker/clients";
import { readEnv } from "@leasehold/worker/env";
import { MockActivityEnvironment } from "@temporalio/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sampleKey, sampleStore } from "../support/certificates/sample-certificate.ts";
import { insertShreddedTenant, record } from "../support/certificates/shredded-tenant.ts";
import { screensOf } from "./journey-screens.ts";
import { openStage, type Stage } from "./stage.ts";

let stage: Stage;
let certificateId: string;
let secondId: string;
beforeAll(async () => {
  stage = await openStage(["portal"]);
  const clients = createClients(readEnv(stackEnv(stage.world.stack, "worker")));
  const certificates = createCertificateActivities({ ...clients, expectedItems: () => [], versions: await readVersions(undefined) });
  const tenant = await insertShreddedTenant(stage.world);
  const ref = { tenantId: tenant.tenantId, operationId: tenant.operationId };
  const certify = (name: keyof typeof certificates) =>
    new MockActivityEnvironment({ startToCloseTimeoutMs: 60_000 }).run(certificates[name], ref);
  await record(stage.world, tenant, sampleStore, sampleKey);
  await certify("certifyClosure");
  await record(stage.world, tenant, { ...sampleKey, state: "NotFound" });
  await certify("certifyFinality");
  await clients.close();
  const issued = await listCertificatesOf(stage.world.pool("control", "operator"), tenant);
  certificateId = issued.find(({ kind }) => kind === "closure")?.certificateId ?? "";
  secondId = issued.find(({ kind }) => kind === "finality")?.certificateId ?? "";
});
afterAll(() => stage?.[Symbol.asyncDispose]());

const fileOf = async (id: string, name: string) =>
  Buffer.from(await (await fetch(`${stage.portal}/certificates/${id}/${name}`)).arrayBuffer());

describe.each(screensOf("certificates"))("on a %s", (screen) => {
  test("somebody who was given a certificate verifies it, also without a network, and a changed one is refused", async () => {
    await using visitor = await stage.visitor(screen);
    const { page, context } = visitor;
    await page.goto(`${stage.portal}/certificates/${certificateId}`);
    await page.getByText("Holds, to the byte").waitFor();
    await page.getByText("What this does not prove").waitFor();
    await visitor.inspectBoth("80-certificate");

    const [json, pdf, second] = [
      await fileOf(certificateId, "certificate.json"),
      await fileOf(certificateId, "certificate.pdf"),
      await fileOf(secondId, "certificate.pdf"),
    ];
    await page.goto(`${stage.portal}/verify`, { waitUntil: "networkidle" });
    await context.setOffline(true);
    const files = page.getByLabel("Certificates", { exact: true });
    await files.setInputFiles([
      { name: "first.json", mimeType: "application/json", buffer: json },
      { name: "first.pdf", mimeType: "application/pdf", buffer: pdf },
      { name: "second.pdf", mimeType: "application/pdf", buffer: second },
    ]);
    await page.getByText("The second stamp completes this first stamp.").waitFor();
    expect(await page.getByText("Holds, to the byte").count()).toBe(3);
    const changed = Buffer.from(json);
    changed[700] = (changed[700] ?? 0) ^ 1;
    await files.setInputFiles([{ name: "changed.json", mimeType: "application/json", buffer: changed }]);
    await page.getByText("It proves nothing.").waitFor();
    expect(await page.getByText("Holds, to the byte").count()).toBe(3);
    await context.setOffline(false);
    await visitor.inspectBoth("81-verify");
    visitor.calm();
  });
});
