import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { KMSClient, type KMSClientConfig } from "@aws-sdk/client-kms";
import { rewrapEpoch } from "@leasehold/activities/keys/rewrap-epoch";
import { createPool } from "@leasehold/db/client";
import type { EpochRef } from "@leasehold/db/keyring/epochs/move-keys";
import type pg from "pg";

/** What a process of its own is told: to re-wrap an epoch's keys as the worker does, or the same amount of bare work. */
export type RunOrder = { kind: "turn"; url: string; aws: KMSClientConfig; ref: EpochRef } | { kind: "bare"; url: string };

export interface RunResult {
  keys: number;
  seconds: number;
  /** Of the process before the work, and the most that it took while at it, in MiB. */
  restMib: number;
  peakMib: number;
  unreadable: number;
}

const batch = 500;
const mib = () => process.memoryUsage.rss() / 1024 ** 2;

/** Opened and sealed with one key and no context, and written by the primary key: what the work costs without a check. */
async function rewrapBare(pool: pg.Pool): Promise<{ moved: number; unreadable: number }> {
  const [from, to] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  let moved = 0;
  for (let after = -1; ; ) {
    const { rows } = await pool.query<{ id: number; wrapped: Buffer }>(
      "select id, wrapped from bare_keys where id > $1 order by id limit $2",
      [after, batch],
    );
    const sealed = rows.map(({ wrapped }) => {
      const decipher = createDecipheriv("aes-256-gcm", from, wrapped.subarray(1, 13)).setAuthTag(wrapped.subarray(-16));
      const key = Buffer.concat([decipher.update(wrapped.subarray(13, -16)), decipher.final()]);
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", to, nonce);
      return Buffer.concat([Buffer.of(1), nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
    });
    const ids = rows.map(({ id }) => id);
    await pool.query(
      "update bare_keys k set wrapped = m.wrapped from unnest($1::integer[], $2::bytea[]) as m (id, wrapped) where k.id = m.id",
      [ids, sealed],
    );
    moved += rows.length;
    after = rows.at(-1)?.id ?? after;
    if (rows.length < batch) return { moved, unreadable: 0 };
  }
}

async function carryOut(order: RunOrder): Promise<RunResult> {
  const pool = createPool(order.url, { max: 2, applicationName: "bench" });
  await pool.query("select 1");
  const restMib = mib();
  let peakMib = restMib;
  const watch = setInterval(() => {
    peakMib = Math.max(peakMib, mib());
  }, 50);
  const begun = performance.now();
  try {
    if (order.kind === "bare") {
      const { moved, unreadable } = await rewrapBare(pool);
      return { keys: moved, seconds: (performance.now() - begun) / 1_000, restMib, peakMib: Math.max(peakMib, mib()), unreadable };
    }
    const { moved, unreadable } = await rewrapEpoch({ keyring: pool, kms: new KMSClient(order.aws) }, order.ref, {
      signal: new AbortController().signal,
      onProgress: ({ moved: sofar }) => process.send?.({ sofar }),
    });
    const seconds = (performance.now() - begun) / 1_000;
    return { keys: moved, seconds, restMib, peakMib: Math.max(peakMib, mib()), unreadable: unreadable.length };
  } finally {
    clearInterval(watch);
    await pool.end();
  }
}

process.once("message", (order: RunOrder) => {
  carryOut(order).then(
    (result) => process.send?.({ result }, () => process.exit(0)),
    (error: Error) => process.send?.({ error: error.message }, () => process.exit(1)),
  );
});
