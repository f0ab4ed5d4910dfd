import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { listMovedHeads, recordAnchor } from "@leasehold/db/audit/anchor-heads";
import { deletePayloadReads } from "@leasehold/db/control/payload-reads/delete-payload-reads";
import type { Logger } from "@leasehold/tenancy/logger";
import type pg from "pg";
import { createDrain } from "../listen/create-drain.ts";
import type { AuditDatabases } from "./audit-databases.ts";

export interface AnchoringOptions {
  databases: AuditDatabases;
  control: pg.Pool;
  s3: S3Client;
  bucket: string;
  /** Anchors cannot be deleted or replaced for so long, in days: the bucket has object lock. Undefined where it has none. */
  lockDays: number | undefined;
  everyMs: number;
  /** How long it is kept what operators read that is in no tenant's log, in days. */
  readsKeptDays: number;
  logger: Logger;
}

const dayMs = 86_400_000;
const deletedAtOnce = 500;

/**
 * Writes the ends of all chains that have moved to the object store, one object for each database and time: lines of tenant, place and
 * link. From then on a chain that is shorter, or another, is not the one that was. The same sweep forgets old reads of payloads.
 */
export function startAnchoring(options: AnchoringOptions): { stop(): Promise<void>; kick(): void } {
  const { databases, control, everyMs, readsKeptDays, logger } = options;
  return createDrain({
    concurrency: 1,
    sweepEveryMs: everyMs,
    logger,
    work: async () => {
      for (const database of databases.list()) await anchorOne(options, database);
      // More than one batch waits for its turn at once, not for the next sweep.
      return (await deletePayloadReads(control, { days: readsKeptDays, limit: deletedAtOnce })) === deletedAtOnce;
    },
  });
}

async function anchorOne(
  { control, s3, bucket, lockDays }: AnchoringOptions,
  { name, plane, pool }: ReturnType<AuditDatabases["list"]>[number],
): Promise<void> {
  const heads = await listMovedHeads(pool, plane);
  if (heads.length === 0) return;
  const at = new Date();
  const key = `audit-anchors/${at.toISOString().slice(0, 10)}/${name}/${at.toISOString()}.ndjson`;
  const lock =
    lockDays === undefined
      ? {}
      : { ObjectLockMode: "COMPLIANCE" as const, ObjectLockRetainUntilDate: new Date(at.getTime() + lockDays * dayMs) };
  const body = heads.map((head) => `${JSON.stringify({ ...head, anchoredAt: at.toISOString() })}\n`).join("");
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: body,
      ContentType: "application/x-ndjson",
      ChecksumAlgorithm: "SHA256",
      ...lock,
    }),
  );
  for (const head of heads) await recordAnchor(control, pool, head, key);
}
