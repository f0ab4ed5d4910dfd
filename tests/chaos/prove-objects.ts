import { loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { HeadBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { findPlacement } from "@leasehold/db/application/placement/find-placement";
import { runLoop } from "../bench/measure.ts";
import { createWholeWorld, type WholeClosing, type WholeWorld } from "../support/offboarding/whole-world.ts";
import { readCommit } from "./choose-sample.ts";
import type { CaseResult } from "./run-cases.ts";
import { machineNow, type Subject, writeReport } from "./write-report.ts";

const subject: Subject = {
  name: "offboarding-objects",
  title: "A bucket of many objects that is emptied",
  command: "pnpm prove objects",
  promise: [
    "A silo's own bucket is filled and its tenant closed; the worker is killed with SIGKILL while it empties the bucket, and another carries on. The first",
    "count stays in the evidence, the count afterwards is none, the closing is certified, and the bucket itself is gone with its stack.",
  ],
};

/** How long the worker empties the bucket before it is killed, in milliseconds. */
const killedAfterMs = 5_000;
const patienceMs = 3_600_000;

/** Closes a tenant of `objects` objects, and writes the dated report. @returns how many failed */
export async function proveObjects({ objects }: { objects: number }): Promise<number> {
  const begun = performance.now();
  const loadBefore = loadavg()[0] ?? 0;
  const result = await emptyBucketOf(objects);
  console.log(`${result.failure === undefined ? "held  " : "FAILED"} ${result.ms} ms  ${result.id}: ${result.failure ?? result.outcome}`);
  const [day, seconds] = [new Date().toISOString().slice(0, 10), Math.round((performance.now() - begun) / 1000)];
  const parts = [{ title: "The bucket of a silo", how: "`pnpm prove objects <number>` for another number of objects.", results: [result] }];
  console.log(`Written: ${writeReport({ subject, day, commit: readCommit(), machine: machineNow(loadBefore), seconds, parts })}`);
  return result.failure === undefined ? 0 : 1;
}

/** A tenant with a bucket of its own and `count` objects in it is closed; the worker is killed while it empties the bucket. */
async function emptyBucketOf(count: number): Promise<CaseResult> {
  const begun = performance.now();
  const result: CaseResult = { id: `${count} objects`, outcome: "", failure: undefined, ms: 0 };
  try {
    await using whole = await createWholeWorld();
    const tenant = await whole.onboard("enterprise");
    const { placement } = await findPlacement(whole.world.pool("application", "worker"), tenant.tenantId);
    const s3 = new S3Client(whole.world.aws("root"));
    await fill(s3, placement.bucket, placement.objectPrefix, count);
    const filledS = Math.round((performance.now() - begun) / 1_000);
    const closing = await whole.close(tenant);
    await whole.awaitStep(closing, "delete-objects", ["RUNNING", "RETRYING"], patienceMs);
    await sleep(killedAfterMs);
    await whole.killWorker();
    await whole.awaitStep(closing, "certify", ["SUCCEEDED"], patienceMs);
    result.outcome = `${await tellOutcome(whole, closing, count)}; ${filledS} s until it was full`;
    const left = await s3.send(new HeadBucketCommand({ Bucket: placement.bucket })).then(
      () => "the bucket is left",
      ({ name }: Error) => (name === "NotFound" || name === "NoSuchBucket" ? undefined : `the bucket answers ${name}`),
    );
    s3.destroy();
    result.failure = left;
  } catch (error) {
    result.failure = error instanceof Error ? error.message : String(error);
  }
  result.ms = Math.round(performance.now() - begun);
  return result;
}

async function fill(s3: S3Client, Bucket: string, prefix: string, count: number): Promise<void> {
  const keys = Array.from({ length: count }, (_, n) => `${prefix}many/${n}`);
  const { errors } = await runLoop(keys, 16, async (Key) => void (await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }))));
  if (errors[0] !== undefined) throw new Error(errors[0]);
}

async function tellOutcome({ world }: WholeWorld, { closingId }: WholeClosing, objects: number): Promise<string> {
  const auditor = world.pool("control", "auditor");
  const { rows } = await auditor.query<{ before: number; after: number; seconds: number }>(
    `select (e.evidence ->> 'before')::integer as before, (e.evidence ->> 'after')::integer as after,
       extract(epoch from s.finished_at - s.started_at)::float8 as seconds
     from control.offboarding_evidence e join control.operation_steps s on s.operation_id = e.operation_id and s.step = 'delete-objects'
     where e.operation_id = $1 and e.evidence ->> 'store' = 'objects'`,
    [closingId],
  );
  const { before = 0, after, seconds = 0 } = rows[0] ?? {};
  if (before < objects || after !== 0) throw new Error(`of ${objects} objects the evidence counts ${before} before and ${after} after`);
  return `${before} objects, then none; emptied and counted in ${Math.round(seconds)} s, the worker killed in between`;
}
