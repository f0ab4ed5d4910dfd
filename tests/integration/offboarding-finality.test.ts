import { CancelKeyDeletionCommand, DescribeKeyCommand, EnableKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { markMailSent } from "@leasehold/db/control/mail/settle-mail";
import { listCertificatesOf } from "@leasehold/db/control/offboarding/certificates/find-certificate";
import { requestOffboarding } from "@leasehold/db/control/offboarding/request-offboarding";
import { newId, type OperationId } from "@leasehold/domain/ids";
import type { WorkflowHandle } from "@temporalio/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AwsProxy, startAwsProxy } from "../support/faults/aws-proxy.ts";
import { type ClosingTenant, createShreddingWorld, type ShreddingWorld } from "../support/offboarding/shredding-world.ts";
import { createSkippedRuns, type SkippedRuns } from "../support/offboarding/skipped-run.ts";
import { quietRuntime } from "../support/payloads/carrier.ts";
import { personalDataOf, requestOnboarding } from "../support/request-onboarding.ts";

let shredding: ShreddingWorld;
let proxy: AwsProxy;
let runs: SkippedRuns;
let root: KMSClient;
beforeAll(async () => {
  quietRuntime();
  shredding = await createShreddingWorld();
  const aws = shredding.world.aws("worker");
  proxy = await startAwsProxy(aws.endpoint ?? "");
  root = new KMSClient(shredding.world.aws("root"));
  const kms = new KMSClient({ ...aws, endpoint: proxy.url, maxAttempts: 1 });
  runs = await createSkippedRuns(shredding, shredding.activitiesWith({ kms }));
});
afterAll(async () => {
  await runs?.[Symbol.asyncDispose]();
  await proxy?.[Symbol.asyncDispose]();
  await shredding?.[Symbol.asyncDispose]();
});

const dayMs = 86_400_000;

interface Watched {
  closing: ClosingTenant;
  handle: WorkflowHandle;
  keyArn: string;
}

/** Closings whose runs have the first stamp and have looked at the key once. Time is skipped for all of them at once: it is one server's. */
async function closeUntilTheKey(): Promise<[Watched, Watched]> {
  const started = await Promise.all([startClosing(), startClosing()]);
  for (const { closing } of started) {
    await runs.awaitStep(closing, "destroy-keys");
    await shredding.earlier(closing, "destroy-keys", 60);
  }
  await runs.skip(60_000);
  const [one, other] = started;
  return [await awaitFirstLook(one), await awaitFirstLook(other)];
}

async function startClosing(): Promise<Omit<Watched, "keyArn">> {
  const tenant = await shredding.onboard("business");
  const ctx = { tenantId: tenant.tenantId, actor: { type: "user", userId: tenant.userId } as const, requestId: newId("request") };
  const asked = { reason: "We move on", confirmation: tenant.slug, withExport: false, holdDays: 0, idempotencyKey: newId("command") };
  const { operationId } = await requestOffboarding(shredding.world.pool("control", "portal"), ctx, asked);
  const closing = { ...tenant, operationId: operationId as OperationId };
  return { closing, handle: await runs.start(closing) };
}

async function awaitFirstLook({ closing, handle }: Omit<Watched, "keyArn">): Promise<Watched> {
  await runs.awaitStep(closing, "certify");
  await runs.awaitLook(handle, 1);
  const [key] = await shredding.keys(closing);
  expect(key).toMatchObject({ model: "dedicated", state: "PendingDeletion" });
  return { closing, handle, keyArn: key?.keyArn ?? "" };
}

const gone = ({ keyArn }: Watched) =>
  proxy.inject({ service: "kms", action: "DescribeKey", mode: "gone", about: keyArn.split("/").at(-1) ?? "" });
const stamps = async ({ closing }: Watched) =>
  (await listCertificatesOf(shredding.world.pool("control", "portal"), closing)).map(({ kind }) => kind).sort();
const catalog = async ({ closing }: Watched) => {
  const [row] = await shredding.owner<{ tenant: string; operation: string; reason: string | null }>(
    "control",
    `select t.state as tenant, o.state as operation, o.attention_reason as reason from control.tenants t
       join control.operations o on o.tenant_id = t.tenant_id where o.operation_id = $1`,
    [closing.operationId],
  );
  return row;
};

/** The tables of the whole control database, the identities among them, that have one of the texts in any column. */
async function rowsThatSay(texts: readonly string[]): Promise<string[]> {
  const tables = await shredding.owner<{ name: string }>(
    "control",
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname !~ '^(pg_|information_schema)' order by 1`,
    [],
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await shredding.owner(
      "control",
      `select from ${name} t where exists (select from unnest($1::text[]) x where strpos(lower(t::text), lower(x)) > 0) limit 1`,
      [texts],
    );
    if (rows.length > 0) found.push(name);
  }
  return found;
}

/** A letter with the owners' last mail, as the portal seals it. */
async function keepLetter({ closing }: Watched): Promise<string> {
  const mailId = newId("mail");
  const text =
    "insert into control.mail_outbox (mail_id, dedupe_key, tenant_id, template, sealed) values ($1, $2, $3, 'workspace-closed', 'x')";
  await shredding.owner("control", text, [mailId, `workspace-closed:${mailId}:${closing.userId}`, closing.tenantId]);
  return mailId;
}
const lettersOf = ({ closing }: Watched) =>
  shredding.owner("control", "select mail_id, dedupe_key, sealed from control.mail_outbox where tenant_id = $1", [closing.tenantId]);
const requestsOf = ({ closing }: Watched) =>
  shredding.owner("control", "select template from control.mail_requests where tenant_id = $1", [closing.tenantId]);

const state = async ({ closing }: Watched) => (await shredding.keys(closing))[0]?.state;
const revived = async ({ closing }: Watched) => (await shredding.stores(closing))["keys-revived"]?.before;
/** A day passes, and each run has looked at its key. */
async function day(watched: readonly Watched[], looks: number): Promise<void> {
  await runs.skip(dayMs);
  for (const { handle } of watched) await runs.awaitLook(handle, looks);
}

test("runs look at their keys day by day: one that is taken out of its deletion is reported, switched off and scheduled again; when KMS has none any more, the second stamp and the end", async () => {
  const [quiet, disturbed] = await closeUntilTheKey();
  const both = [quiet, disturbed];

  await root.send(new CancelKeyDeletionCommand({ KeyId: disturbed.keyArn }));
  await root.send(new EnableKeyCommand({ KeyId: disturbed.keyArn }));
  const before = proxy.passed();
  await day(both, 2);
  const since = (call: string) => (proxy.passed()[call] ?? 0) - (before[call] ?? 0);
  expect([since("kms:DisableKey"), since("kms:ScheduleKeyDeletion")]).toEqual([1, 1]);
  const { KeyMetadata } = await root.send(new DescribeKeyCommand({ KeyId: disturbed.keyArn }));
  expect(KeyMetadata?.KeyState).toBe("PendingDeletion");
  expect([await revived(quiet), await revived(disturbed)]).toEqual([undefined, 1]);
  expect((await catalog(disturbed))?.reason).toContain("taken out of its deletion by hand");
  const told = "select tenant_id from control.outbox where tenant_id = any ($1) and type = 'tenant.key-revived'";
  expect(await shredding.owner("control", told, [both.map(({ closing }) => closing.tenantId)])).toEqual([
    { tenant_id: disturbed.closing.tenantId },
  ]);

  await day(both, 3);
  expect([since("kms:DisableKey"), await revived(disturbed)]).toEqual([1, 1]);
  for (const one of both) {
    expect([await stamps(one), await state(one)]).toEqual([["closure"], "PendingDeletion"]);
    expect(await catalog(one)).toMatchObject({ tenant: "SHREDDING", operation: "RUNNING" });
  }

  const { tenantId, slug } = quiet.closing;
  const Bucket = shredding.world.stack.aws.poolBucket;
  await new S3Client(shredding.world.aws("root")).send(new PutObjectCommand({ Bucket, Key: `tenants/${tenantId}/late`, Body: "x" }));
  const letters = [await keepLetter(quiet), await keepLetter(quiet)];
  await markMailSent(shredding.clients.control, letters[0] ?? "");
  const ended = both.map(gone);
  await runs.skip(dayMs);
  for (const one of both) {
    expect(await one.handle.result()).toBe("SUCCEEDED");
    expect([await stamps(one), await state(one)]).toEqual([["closure", "finality"], "NotFound"]);
    expect(await catalog(one)).toMatchObject({ tenant: "CLOSED", operation: "SUCCEEDED" });
  }
  for (const fault of ended) {
    expect(fault.hits()).toBeGreaterThan(0);
    fault.lift();
  }
  expect((await shredding.stores(quiet.closing)).objects).toMatchObject({ after: 0 });
  const tombstone = await shredding.owner("control", "select name, placement from control.tenants where tenant_id = $1", [tenantId]);
  expect(tombstone).toEqual([{ name: expect.stringMatching(/^psn_/), placement: null }]);
  expect(await rowsThatSay(personalDataOf(quiet.closing))).toEqual([]);
  expect(await requestsOf(quiet)).toEqual([]);
  await markMailSent(shredding.clients.control, letters[1] ?? "");
  expect(await lettersOf(quiet)).toEqual([{ mail_id: letters[1], dedupe_key: letters[1], sealed: null }]);
  const pseudonym = (tombstone[0] as { name: string }).name;
  const events = "select type, payload from control.outbox where tenant_id = $1 and type in ('tenant.closing', 'tenant.closed') order by 1";
  expect(await shredding.owner("control", events, [tenantId])).toEqual([
    { type: "tenant.closed", payload: { pseudonym } },
    { type: "tenant.closing", payload: {} },
  ]);
  const totals = "select metric, quantity::integer > 0 as some, plan from control.usage_totals where pseudonym = $1 order by metric";
  expect(await shredding.owner("control", totals, [pseudonym])).toEqual([
    { metric: "documents", some: true, plan: "business" },
    { metric: "stored_bytes", some: true, plan: "business" },
  ]);
  expect(await rowsThatSay([tenantId])).toContain("control.audit");
  const next = await requestOnboarding(shredding.world.pool("control", "portal"), { withCommand: false, slug });
  expect([next.slug, next.tenantId === tenantId]).toEqual([slug, false]);
}, 180_000);
