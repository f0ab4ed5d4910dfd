import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ListObjectVersionsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { countObjects } from "@leasehold/activities/offboarding/stores/objects";
import { emptyPrefix } from "@leasehold/activities/onboarding/empty-prefix";
import { withConnection, withDatabase } from "@leasehold/db/client";
import { newId } from "@leasehold/domain/ids";
import { objectPrefixOf } from "@leasehold/domain/placement";
import { createWholeWorld, type WholeClosing, type WholeTenant, type WholeWorld } from "../support/offboarding/whole-world.ts";
import type { Bench } from "./bench.ts";
import { memoryMibOf, percentile, round, runLoop } from "./measure.ts";

const sampleMs = 50;
/** Between two requests of the other tenant: it asks all the time, and leaves the machine room. */
const pauseMs = 10;
const idleMs = 40_000;
const kept = 20;

/**
 * A tenant of `--rows` rows and `--objects` objects, 1,000,000 and 10,000 unless told, is closed with a hold of no days: how soon after
 * its end the keys are gone and the certificate is signed, how much memory the worker takes, and what another tenant notices. Beside it
 * the emulator's own part: its time for as many objects that are listed and deleted bare, and what the other tenant notices of that alone,
 * in a window as long, because it does one thing at a time and S3 does not.
 */
export const bench: Bench = async () => {
  const options = { rows: { type: "string", default: "1000000" }, objects: { type: "string", default: "10000" } } as const;
  const { values } = parseArgs({ options, strict: false, allowPositionals: true });
  const [rows, objects] = [Number(values.rows), Number(values.objects)];
  await using whole = await createWholeWorld();
  const [doomed, other] = [await whole.onboard("business"), await whole.onboard("business")];
  const theirs = await storeSome(other);
  await fillRows(whole, doomed, rows, objects);
  await putObjects(whole, objectPrefixOf(doomed.tenantId), objects);

  const idle = await watchOther(other, theirs, () => sleep(idleMs));
  const peak = { worker: memoryMibOf(whole.worker().pid) };
  const sampling = setInterval(() => {
    peak.worker = Math.max(peak.worker, memoryMibOf(whole.worker().pid));
  }, sampleMs);
  const workerIdle = peak.worker;
  const begun = performance.now();
  let closing: WholeClosing | undefined;
  const busy = await watchOther(other, theirs, async () => {
    closing = await whole.close(doomed);
    await whole.awaitStep(closing, "certify", ["SUCCEEDED"], 3_600_000);
  });
  clearInterval(sampling);
  if (closing === undefined) throw new Error("nothing was closed");
  const wholeSeconds = (performance.now() - begun) / 1_000;
  const { keys, certificate } = await readTimes(whole, closing);
  const bySteps = await othersBySteps(whole, closing, busy.ended);
  const bare = await watchEmulator(whole, other, theirs, { objects, seconds: wholeSeconds });
  const left = await countLeft(whole, doomed);
  const lost = await countLost(other, theirs);

  const [others, undisturbed, besideEmulator] = [busy, idle, bare.seen].map(othersOf) as [Figures, Figures, Figures];
  const figures = {
    rows,
    objects,
    keys_destroyed_s: round(keys, 2),
    certificate_s: round(certificate, 1),
    certificate_without_emulator_s: round(certificate - bare.seconds, 1),
    freeze_to_certificate_s: round(wholeSeconds, 1),
    worker_idle_mib: round(workerIdle),
    worker_peak_mib: round(peak.worker),
    ...others,
    lost,
    left,
  };
  const times = Object.keys(others).filter((name) => name.endsWith("_ms"));
  const baseline = {
    emulator_delete_s: round(bare.seconds, 1),
    ...undisturbed,
    ...Object.fromEntries(times.map((name) => [name.replace(/_ms$/, "_beside_emulator_ms"), besideEmulator[name] ?? Number.NaN])),
  };
  const ratio = Object.fromEntries(
    times.flatMap((name) => {
      const [ours, alone, emulator] = [others, undisturbed, besideEmulator].map((of) => of[name] ?? Number.NaN) as [number, number, number];
      const short = name.replace(/_ms$/, "");
      return [
        [short, round(ours / alone, 2)],
        [`${short}_without_emulator`, round(ours / emulator, 2)],
      ];
    }),
  );
  const wrong = [...idle.errors, ...busy.errors, ...bare.seen.errors];
  if (left > 0) wrong.push(`${left} rows, objects or keys of the tenant are left`);
  if (lost > 0) wrong.push(`${lost} documents of the other tenant are lost`);
  for (const [name, value] of Object.entries({
    ...figures,
    ...Object.fromEntries(Object.entries(baseline).map(([key, each]) => [`${key} (idle)`, each])),
  }))
    console.log(`  ${name.padEnd(36)} ${value}`);
  console.log("\nWhat the other tenant noticed while a step was at work");
  for (const { step, durationsMs } of bySteps) {
    const [p50, p99, most] = [0.5, 0.99, 1].map((share) => percentile(durationsMs, share).toFixed(1));
    console.log(`  ${step.padEnd(36)} ${durationsMs.length} requests, p50 ${p50} ms, p99 ${p99} ms, most ${most} ms`);
  }
  return { bench: "offboarding", figures, baseline, ratio, wrong };
};

interface Stored {
  documentId: string;
  body: string;
}

async function storeSome({ documents }: WholeTenant): Promise<Stored[]> {
  const stored: Stored[] = [];
  for (let index = 0; index < kept; index++) {
    const body = `Document ${index} of somebody else`;
    stored.push({ documentId: await documents.store(`Theirs ${index}.txt`, Buffer.from(body)), body });
  }
  return stored;
}

/**
 * The other tenant reads the bodies of its documents and lists them, one after the other, for as long as `meanwhile` lasts. Bodies come
 * through the emulator, which does one thing at a time; lists come from the database alone.
 */
async function watchOther({ documents }: WholeTenant, stored: readonly Stored[], meanwhile: () => Promise<void>) {
  let done = false;
  const lasting = meanwhile().finally(() => {
    done = true;
  });
  const seen = { bodies: [] as number[], lists: [] as number[], errors: [] as string[], ended: [] as EndedRequest[] };
  const take = async (kind: "bodies" | "lists", work: () => Promise<boolean>) => {
    const begun = performance.now();
    const asExpected = await work().catch((error: unknown) => {
      seen.errors.push(error instanceof Error ? error.message : String(error));
    });
    if (asExpected === undefined) return;
    if (!asExpected) seen.errors.push(`another answer came of ${kind}`);
    const ms = performance.now() - begun;
    seen[kind].push(ms);
    seen.ended.push({ at: Date.now(), ms });
  };
  while (!done) {
    for (const { documentId, body } of stored) {
      await take("bodies", async () => (await documents.read(documentId)).toString() === body);
      await take("lists", async () => (await documents.list()).length === stored.length);
    }
    await sleep(pauseMs);
  }
  await lasting;
  return seen;
}

type Seen = Awaited<ReturnType<typeof watchOther>>;
type Figures = Record<string, number>;

function othersOf({ bodies, lists, errors }: Seen): Figures {
  const kinds = { others: [...bodies, ...lists], others_bodies: bodies, others_lists: lists };
  const figures = Object.entries(kinds).flatMap(([name, durationsMs]) => [
    [`${name}_p50_ms`, round(percentile(durationsMs, 0.5), 1)],
    [`${name}_p99_ms`, round(percentile(durationsMs, 0.99), 1)],
  ]);
  return { ...Object.fromEntries(figures), others_requests: bodies.length + lists.length, others_errors: errors.length };
}

interface EndedRequest {
  /** Milliseconds since 1970. */
  at: number;
  ms: number;
}

/** The other tenant's requests by the step that was at work when they ended: those of steps side by side count for each. */
async function othersBySteps(
  { world }: WholeWorld,
  { closingId }: WholeClosing,
  ended: readonly EndedRequest[],
): Promise<{ step: string; durationsMs: number[] }[]> {
  const { rows } = await world.pool("control", "auditor").query<{ step: string; began: number; done: number }>(
    `select step, extract(epoch from started_at) * 1000 as began, extract(epoch from finished_at) * 1000 as done
     from control.operation_steps where operation_id = $1 and finished_at is not null order by started_at`,
    [closingId],
  );
  return rows
    .map(({ step, began, done }) => ({
      step,
      durationsMs: ended.filter(({ at, ms }) => at >= Number(began) && at - ms <= Number(done)).map(({ ms }) => ms),
    }))
    .filter(({ durationsMs }) => durationsMs.length > 0);
}

/** Rows of the kinds that a large tenant has most of, loaded past every guard. */
async function fillRows({ world }: WholeWorld, { tenantId, userId }: WholeTenant, rows: number, objects: number): Promise<void> {
  const documents = Math.min(rows, objects);
  await withConnection(withDatabase(world.stack.database.adminUrl, world.stack.database.names.application), async (admin) => {
    await admin.query("set session_replication_role = replica");
    await admin.query(
      `insert into app.documents (tenant_id, document_id, name_cipher, name_hmac, content_type_cipher, object_key, key_version, state, size_bytes, created_by)
       select $1, 'doc_' || lpad(n::text, 26, '0'), decode(md5(n::text), 'hex'), decode(md5(n::text), 'hex'), '\\x01', $3 || n, 1, 'STORED', 64, $4
       from generate_series(1, $2) as n`,
      [tenantId, documents, `${objectPrefixOf(tenantId)}documents/`, userId],
    );
    await admin.query(
      `insert into app.document_grams (tenant_id, gram, document_id)
       select $1, n, 'doc_' || lpad((n % $2 + 1)::text, 26, '0') from generate_series(1, $3::bigint) as n`,
      [tenantId, documents, rows - documents],
    );
    await admin.query("analyze app.documents; analyze app.document_grams");
  });
}

async function putObjects({ world }: WholeWorld, prefix: string, count: number): Promise<void> {
  const s3 = new S3Client(world.aws("root"));
  const keys = Array.from({ length: count }, (_, n) => `${prefix}documents/${n}`);
  const { errors } = await runLoop(keys, 16, async (Key) => {
    await s3.send(new PutObjectCommand({ Bucket: world.stack.aws.poolBucket, Key, Body: newId("document").repeat(2) }));
  });
  s3.destroy();
  if (errors[0] !== undefined) throw new Error(errors[0]);
}

/** What the emulator does by itself to count and delete as many objects with their versions, in seconds, and to the other tenant. */
async function watchEmulator(
  whole: WholeWorld,
  other: WholeTenant,
  theirs: readonly Stored[],
  { objects, seconds }: { objects: number; seconds: number },
): Promise<{ seconds: number; seen: Seen }> {
  const { world } = whole;
  const prefix = `bare-${newId("document")}/`;
  await putObjects(whole, prefix, objects);
  const s3 = new S3Client(world.aws("root"));
  const Bucket = world.stack.aws.poolBucket;
  let deleted = Number.NaN;
  const seen = await watchOther(other, theirs, async () => {
    const begun = performance.now();
    await countObjects(s3, Bucket, prefix);
    await emptyPrefix(s3, Bucket, prefix);
    await countObjects(s3, Bucket, prefix);
    deleted = (performance.now() - begun) / 1_000;
    await sleep(Math.max(0, seconds - deleted) * 1_000);
  });
  s3.destroy();
  return { seconds: deleted, seen };
}

/** Seconds from the end of the hold to the end of the steps. */
async function readTimes({ world }: WholeWorld, { closingId }: WholeClosing): Promise<{ keys: number; certificate: number }> {
  const { rows } = await world.pool("control", "auditor").query<{ step: string; after: number }>(
    `select s.step, extract(epoch from s.finished_at - o.hold_ends_at)::float8 as after
     from control.operation_steps s join control.offboardings o using (tenant_id, operation_id) where s.operation_id = $1`,
    [closingId],
  );
  const after = (step: string) => rows.find((row) => row.step === step)?.after ?? Number.NaN;
  return { keys: after("destroy-keys"), certificate: after("certify") };
}

async function countLeft({ world }: WholeWorld, { tenantId }: WholeTenant): Promise<number> {
  const tables = {
    application: ["app.documents", "app.document_grams", "app.folders", "app.tenant_home"],
    keyring: ["keyring.data_keys"],
  } as const;
  let left = 0;
  for (const plane of ["application", "keyring"] as const)
    await withConnection(world.ownerUrl(plane), async (owner) => {
      for (const table of tables[plane])
        left += Number((await owner.query(`select count(*) from ${table} where tenant_id = $1`, [tenantId])).rows[0]?.count);
    });
  const s3 = new S3Client(world.aws("root"));
  const { Versions = [], DeleteMarkers = [] } = await s3.send(
    new ListObjectVersionsCommand({ Bucket: world.stack.aws.poolBucket, Prefix: objectPrefixOf(tenantId) }),
  );
  s3.destroy();
  return left + Versions.length + DeleteMarkers.length;
}

async function countLost({ documents }: WholeTenant, stored: readonly Stored[]): Promise<number> {
  let lost = 0;
  for (const { documentId, body } of stored)
    if ((await documents.read(documentId).catch(() => Buffer.alloc(0))).toString() !== body) lost++;
  return lost;
}
