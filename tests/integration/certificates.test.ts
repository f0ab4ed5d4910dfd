import { CreateKeyCommand, KMSClient, UpdateAliasCommand } from "@aws-sdk/client-kms";
import { readVersions } from "@leasehold/activities/offboarding/certificates/read-versions";
import { certificateKeyAlias } from "@leasehold/activities/offboarding/certificates/sign-with-kms";
import { type CertificateActivities, createCertificateActivities } from "@leasehold/activities/offboarding/create-certificate-activities";
import { withConnection } from "@leasehold/db/client";
import { listCertificateKeys } from "@leasehold/db/control/offboarding/certificates/certificate-keys";
import { findCertificateById, listCertificatesOf } from "@leasehold/db/control/offboarding/certificates/find-certificate";
import { newId } from "@leasehold/domain/ids";
import { type CertificateKey, certificateAlgorithm, type KeyEvidence } from "@leasehold/domain/offboarding/certificate";
import { hashOfCase, pseudonymOfActor } from "@leasehold/domain/offboarding/pseudonyms";
import { stackEnv } from "@leasehold/infra/local/stack-env";
import { renderPdf } from "@leasehold/tenancy/certificates/pdf/render-pdf";
import { signedFile } from "@leasehold/tenancy/certificates/signed-file";
import { type VerifiedCertificate, verifyCertificate } from "@leasehold/tenancy/certificates/verify-certificate";
import { verifyLinks } from "@leasehold/tenancy/certificates/verify-links";
import { type Clients, createClients } from "@leasehold/worker/clients";
import { readEnv } from "@leasehold/worker/env";
import { MockActivityEnvironment } from "@temporalio/testing";
import { DefaultLogger } from "@temporalio/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sampleKey, sampleStore } from "../support/certificates/sample-certificate.ts";
import { caseNumber, insertShreddedTenant, record, type ShreddedTenant } from "../support/certificates/shredded-tenant.ts";
import { createWorld, type World } from "../support/world.ts";

let world: World;
let clients: Clients;
let activities: CertificateActivities;

beforeAll(async () => {
  world = await createWorld();
  clients = createClients(readEnv(stackEnv(world.stack, "worker")));
  const expectedItems = () => [
    { item: "store:app.documents", label: "Documents" },
    { item: "store:search", label: "Search entries" },
  ];
  activities = createCertificateActivities({ ...clients, retryForMs: 10_000, expectedItems, versions: await readVersions("abc") });
});
afterAll(async () => {
  await clients?.close();
  await world[Symbol.asyncDispose]();
});

const gone: KeyEvidence = { ...sampleKey, state: "NotFound" };

function run(name: keyof CertificateActivities, tenant: ShreddedTenant, attempt = 1): Promise<unknown> {
  const environment = new MockActivityEnvironment({ attempt, startToCloseTimeoutMs: 60_000 }, { logger: new DefaultLogger("ERROR") });
  return environment.run(activities[name] as (ref: object) => Promise<unknown>, {
    tenantId: tenant.tenantId,
    operationId: tenant.operationId,
  });
}

async function keysNow(): Promise<CertificateKey[]> {
  const { keys } = await listCertificateKeys(world.pool("control", "portal"));
  return keys.map(({ publicKey, since, retiredAt, keyId }) => ({
    keyId,
    algorithm: certificateAlgorithm,
    publicKey: publicKey.toString("base64url"),
    since: since.toISOString(),
    retiredAt: retiredAt?.toISOString() ?? null,
  }));
}

/** What was issued for a tenant, as anybody verifies it, the first stamp first. */
async function issuedFor(tenant: ShreddedTenant): Promise<VerifiedCertificate[]> {
  const rows = await listCertificatesOf(world.pool("control", "portal"), tenant);
  const verdicts = await Promise.all(rows.toReversed().map(async (row) => verifyCertificate(signedFile(row), await keysNow())));
  return verdicts.map((verdict) => {
    if (!verdict.valid) throw new Error(verdict.message);
    return verdict;
  });
}

/** As after a crash between the effect and its acknowledgement. */
async function forget(step: string, { operationId }: ShreddedTenant): Promise<void> {
  await withConnection(world.ownerUrl("control"), (owner) =>
    owner.query("update control.operation_steps set state = 'RUNNING' where operation_id = $1 and step = $2", [operationId, step]),
  );
}

test("a closing's first stamp says what was recorded and who decided, by pseudonyms, and names what was not checked", async () => {
  const tenant = await insertShreddedTenant(world);
  await record(world, tenant, sampleStore, sampleKey);
  await run("certifyClosure", tenant);
  const [first] = await issuedFor(tenant);
  const document = first?.certificate.document;
  expect(document).toMatchObject({
    kind: "closure",
    pseudonym: tenant.pseudonym,
    stores: [sampleStore],
    keys: [sampleKey],
    notChecked: [{ item: "store:search", label: "Search entries" }],
    finality: { state: "scheduled", at: sampleKey.deletionDate },
    authority: {
      requestedBy: await pseudonymOfActor(tenant.operationId, tenant.requestedBy),
      approvals: [{ by: await pseudonymOfActor(tenant.operationId, tenant.approvedBy) }],
    },
    hold: { seconds: 2_592_000, legalHolds: [{ caseHash: await hashOfCase(tenant.holdId, caseNumber) }] },
    versions: { commit: "abc" },
  });
  const text = JSON.stringify(document);
  for (const secret of [
    tenant.tenantId,
    tenant.slug,
    "A Name Nobody Reads",
    tenant.requestedBy,
    tenant.approvedBy,
    caseNumber,
    "usr_",
    "opr_",
  ])
    expect(text).not.toContain(secret);
  expect(Object.keys(document?.versions.schemas ?? {})).toContain("control database");
});

test("an owner's confirmation is said as it was recorded, and no more", async () => {
  for (const [confirmedBy, said] of [
    ["password", "An owner typed the workspace's address, and entered their password again."],
    [null, "An owner typed the workspace's address."],
  ] as const) {
    const tenant = await insertShreddedTenant(world, { requestedBy: `user:${newId("user")}`, confirmedBy });
    await record(world, tenant, sampleStore, sampleKey);
    await run("certifyClosure", tenant);
    expect((await issuedFor(tenant))[0]?.certificate.document.authority.confirmation).toBe(said);
  }
});

test("issuing twice is issuing once, also after a crash between the effect and its acknowledgement", async () => {
  const tenant = await insertShreddedTenant(world);
  await record(world, tenant, sampleStore, sampleKey);
  for (const [name, step] of [
    ["certifyClosure", "certify"],
    ["certifyFinality", "finality"],
  ] as const) {
    if (name === "certifyFinality") await record(world, tenant, gone);
    await run(name, tenant);
    const once = await issuedFor(tenant);
    await run(name, tenant, 2);
    await forget(step, tenant);
    await run(name, tenant, 3);
    expect(await issuedFor(tenant)).toEqual(once);
  }
});

test("the second stamp names the first by its hash; the page's two files hold together", async () => {
  const tenant = await insertShreddedTenant(world);
  await record(world, tenant, sampleStore, sampleKey);
  await run("certifyClosure", tenant);
  await expect(run("certifyFinality", tenant)).rejects.toMatchObject({ type: "PRECONDITION_FAILED" });
  await record(world, tenant, gone);
  await run("certifyFinality", tenant);
  const [first, second] = await issuedFor(tenant);
  expect(second?.certificate.document).toMatchObject({ kind: "finality", finality: { state: "gone" }, closure: { hash: first?.hash } });
  expect(verifyLinks([first, second].filter((one) => one !== undefined)).every(({ holds }) => holds)).toBe(true);
  const pdf = await renderPdf((second as VerifiedCertificate).certificate);
  expect(await verifyCertificate(pdf, await keysNow())).toMatchObject({ valid: true, file: "pdf" });
});

test.each([
  ["a store that is not empty", [{ ...sampleStore, after: 3 }, sampleKey]],
  ["a key that nobody looked at", [sampleStore]],
  ["a wrapped key that is left", [sampleStore, { ...sampleKey, wrappedAfter: 1 }]],
  ["a key that opens", [sampleStore, { ...sampleKey, state: "Enabled" as const }]],
  ["a key that only is disabled", [sampleStore, { ...sampleKey, state: "Disabled" as const }]],
  [
    "a canary that can be read",
    [
      sampleStore,
      sampleKey,
      { type: "canary" as const, store: "x", label: "x", planted: 1, readableAfter: 1, checkedAt: sampleKey.answeredAt, how: "x" },
    ],
  ],
])("nothing is signed over %s", async (_, evidence) => {
  const tenant = await insertShreddedTenant(world);
  await record(world, tenant, ...evidence);
  await expect(run("certifyClosure", tenant)).rejects.toMatchObject({ type: "PRECONDITION_FAILED", nonRetryable: true });
  expect(await issuedFor(tenant)).toEqual([]);
});

test("nothing is signed before the point of no return, nor over what cannot be read", async () => {
  const tenant = await insertShreddedTenant(world);
  await record(world, tenant, sampleStore, sampleKey, { ...sampleStore, store: "odd", before: -1 });
  await expect(run("certifyClosure", tenant)).rejects.toThrow("store:odd");
  await withConnection(world.ownerUrl("control"), async (owner) => {
    await owner.query("delete from control.offboarding_evidence where item = 'store:odd'");
    await owner.query("alter table control.offboardings disable trigger guard");
    await owner.query("update control.offboardings set shredding_at = null, pseudonym = null where operation_id = $1", [
      tenant.operationId,
    ]);
    await owner.query("alter table control.offboardings enable trigger guard");
  });
  await expect(run("certifyClosure", tenant)).rejects.toThrow("point of no return");
});

test("many at once are one chain without a gap", async () => {
  const tenants = await Promise.all(Array.from({ length: 6 }, () => insertShreddedTenant(world)));
  for (const tenant of tenants) await record(world, tenant, sampleStore, sampleKey);
  await Promise.all(
    tenants.map(async (tenant) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await run("certifyClosure", tenant, attempt);
        } catch (error) {
          if ((error as { type?: string }).type !== "UNAVAILABLE") throw error;
        }
      }
    }),
  );
  const { rows } = await world
    .pool("control", "operator")
    .query<{ sequence: string; hash: string; previous_hash: string | null }>(
      "select sequence, hash, previous_hash from control.certificates order by sequence",
    );
  expect(rows.map(({ sequence }) => Number(sequence))).toEqual(rows.map((_, index) => index + 1));
  for (const [index, row] of rows.entries()) expect(row.previous_hash).toBe(rows[index - 1]?.hash ?? null);
  const { head } = await listCertificateKeys(world.pool("control", "portal"));
  expect(head).toEqual({ sequence: rows.length, hash: rows.at(-1)?.hash });
});

test("a certificate is seen by whoever has its id, and by nobody without; nobody changes or removes one", async () => {
  const tenant = await insertShreddedTenant(world);
  await record(world, tenant, sampleStore, sampleKey);
  await run("certifyClosure", tenant);
  const [first] = await issuedFor(tenant);
  const id = first?.certificate.document.certificateId ?? "";
  const portal = world.pool("control", "portal");
  expect((await findCertificateById(portal, id))?.hash).toBe(first?.hash);
  expect(await findCertificateById(portal, "crt_00000000000000000000000000")).toBeUndefined();
  expect((await portal.query("select from control.certificates")).rowCount).toBe(0);
  for (const role of ["portal", "operator", "worker"] as const)
    for (const change of ["update control.certificates set signature = 'x'", "delete from control.certificates"])
      await expect(world.pool("control", role).query(change), `${role}: ${change}`).rejects.toMatchObject({ code: "42501" });
});

test("the key is rotated by its alias: old certificates still hold, new ones are the new key's, an old key signs nothing more", async () => {
  const before = await keysNow();
  const kms = new KMSClient(world.aws("root"));
  const old = before.at(-1);
  const tags = [{ TagKey: "leasehold:platform", TagValue: "certificates" }];
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY", Tags: tags }));
  const { rows } = await world
    .pool("control", "operator")
    .query<{ kms_key_arn: string }>("select kms_key_arn from control.certificate_keys where retired_at is null");
  const turn = (TargetKeyId: string | undefined) => kms.send(new UpdateAliasCommand({ AliasName: certificateKeyAlias, TargetKeyId }));
  try {
    await turn(KeyMetadata?.KeyId);
    const tenant = await insertShreddedTenant(world);
    await record(world, tenant, sampleStore, sampleKey);
    await run("certifyClosure", tenant);
    const after = await keysNow();
    expect(after).toHaveLength(before.length + 1);
    expect(after.find(({ keyId }) => keyId === old?.keyId)?.retiredAt).not.toBeNull();
    expect((await issuedFor(tenant))[0]?.certificate.document.keyId).toBe(after.at(-1)?.keyId);
    await turn(rows[0]?.kms_key_arn);
    const another = await insertShreddedTenant(world);
    await record(world, another, sampleStore, sampleKey);
    await expect(run("certifyClosure", another)).rejects.toThrow("retired");
  } finally {
    await turn(rows[0]?.kms_key_arn);
    kms.destroy();
  }
});
