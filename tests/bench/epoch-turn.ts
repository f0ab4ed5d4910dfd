import { fork } from "node:child_process";
import { createCipheriv, createHash } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { KMSClient } from "@aws-sdk/client-kms";
import { endEpochKey, makeBranchKey } from "@leasehold/activities/keys/epoch-keys";
import { createPool, withConnection } from "@leasehold/db/client";
import { noteEpochKey } from "@leasehold/db/keyring/epochs/end-turn";
import { findEpoch } from "@leasehold/db/keyring/epochs/find-epoch";
import type { EpochRef } from "@leasehold/db/keyring/epochs/move-keys";
import { beginTurn } from "@leasehold/db/keyring/epochs/open-epoch";
import { newId, type TenantId } from "@leasehold/domain/ids";
import { epochKeyOf, onlyPool as pool } from "@leasehold/domain/keys/epochs";
import { withBranchKey } from "@leasehold/tenancy/keys/branch-key";
import { unwrapUnderBranch, wrapUnderBranch } from "@leasehold/tenancy/keys/epoch-cipher";
import { currentEpoch } from "@leasehold/tenancy/keys/tenant-key-models";
import { epochNeeds, openPoolEpoch } from "../support/open-epoch.ts";
import { createWorld, type World } from "../support/world.ts";
import type { Bench } from "./bench.ts";
import type { RunOrder, RunResult } from "./epoch-turn-run.ts";
import { round } from "./measure.ts";

const keys = 100_000;
const rounds = 2;
const purposes = ["data", "index", "payload"] as const;
/** More than this above the process at rest is not bounded memory, in MiB. */
const mostMib = 96;

interface Seed {
  tenantId: TenantId;
  purpose: (typeof purposes)[number];
}
const dataKeyOf = ({ tenantId, purpose }: Seed) => createHash("sha256").update(`${tenantId} ${purpose}`).digest();

/** Re-wrapping every key of a pool, beside the same ciphers and updates without any check; then killed half-way and carried on. */
export const bench: Bench = async () => {
  await using world = await createWorld();
  await openPoolEpoch(world);
  const seeds = Array.from({ length: Math.ceil(keys / purposes.length) }, () => newId("tenant"))
    .flatMap((tenantId) => purposes.map((purpose) => ({ tenantId, purpose })))
    .slice(0, keys);
  await seedKeys(world, seeds);
  const wrong: string[] = [];
  const [turns, bares]: [RunResult[], RunResult[]] = [[], []];
  for (let each = 0; each < rounds; each++) {
    bares.push(await run({ kind: "bare", url: world.ownerUrl("keyring") }));
    turns.push(await turn(world, wrong, "whole"));
    await restoreBare(world);
  }
  const resumed = await turn(world, wrong, "killed");
  wrong.push(...(await findWrong(world, seeds)));
  const most = (of: RunResult[], figure: keyof RunResult) => Math.max(...of.map((result) => result[figure]));
  const rate = (of: RunResult[]) => Math.max(...of.map(({ keys: count, seconds }) => count / seconds));
  const figures = {
    keys,
    keys_per_second: round(rate(turns), 0),
    seconds: round(Math.min(...turns.map(({ seconds }) => seconds)), 2),
    memory_rest_mib: round(most(turns, "restMib")),
    memory_peak_mib: round(most([...turns, resumed], "peakMib")),
    keys_after_kill: resumed.keys,
    errors: wrong.length,
  };
  const baseline = {
    keys_per_second: round(rate(bares), 0),
    seconds: round(Math.min(...bares.map(({ seconds }) => seconds)), 2),
    memory_peak_mib: round(most(bares, "peakMib")),
  };
  if (figures.memory_peak_mib - figures.memory_rest_mib > mostMib) wrong.push(`${figures.memory_peak_mib} MiB at the most`);
  for (const [name, value] of Object.entries(figures)) console.log(`  ${name.padEnd(20)} ${value}`);
  console.log(`  bare: ${JSON.stringify(baseline)}`);
  const ratio = { keys_per_second: round(figures.keys_per_second / baseline.keys_per_second, 2) };
  return { bench: "epoch-turn", figures, baseline, ratio, wrong };
};

/** As the worker's run does it, the re-wrapping in a process of its own; `killed`: with SIGKILL half-way, then by another. */
async function turn(world: World, wrong: string[], how: "whole" | "killed"): Promise<RunResult> {
  const needs = epochNeeds(world);
  const ref: EpochRef = { pool, epoch: (await currentEpoch(needs.keyring, pool)).epoch };
  await beginTurn(needs.keyring, ref, (epoch, environment) => makeBranchKey(needs, { pool, epoch }, environment));
  const order: RunOrder = { kind: "turn", url: world.urlOf("keyring", "worker"), aws: world.aws("worker"), ref };
  if (how === "killed") await run(order, keys / 2);
  const result = await run(order);
  if (how === "killed" ? result.keys >= keys / 2 + 1_000 || result.keys === 0 : result.keys !== keys)
    wrong.push(`${result.keys} keys were moved`);
  if (result.unreadable > 0) wrong.push(`${result.unreadable} keys did not open`);
  const old = await findEpoch(needs.keyring, pool, ref.epoch);
  if (old === undefined || old.wrapped !== null) wrong.push(`epoch ${ref.epoch} is not retired`);
  const keyArn = old?.keyArn ?? "";
  await noteEpochKey(needs.keyring, ref, await endEpochKey(needs, { ...ref, keyArn }, needs.keyDeletionDays));
  return result;
}

/** @param killAt SIGKILL once so many keys are moved; what it answers then is nothing. */
async function run(order: RunOrder, killAt = Number.POSITIVE_INFINITY): Promise<RunResult> {
  const child = fork(fileURLToPath(new URL("epoch-turn-run.ts", import.meta.url)));
  let result: RunResult = { keys: 0, seconds: 0, restMib: 0, peakMib: 0, unreadable: 0 };
  let error: string | undefined;
  child.on("message", (message: { sofar?: number; result?: RunResult; error?: string }) => {
    if ((message.sofar ?? 0) >= killAt) child.kill("SIGKILL");
    result = message.result ?? result;
    error = message.error ?? error;
  });
  child.send(order);
  await once(child, "exit");
  if (error !== undefined) throw new Error(error);
  return result;
}

async function seedKeys(world: World, seeds: readonly Seed[]): Promise<void> {
  const keyring = createPool(world.urlOf("keyring", "worker"), { max: 1 });
  const branch = await currentEpoch(keyring, pool);
  await keyring.end();
  const wrapped = await withBranchKey(new KMSClient(world.aws("worker")), branch, (branchKey) =>
    seeds.map((seed) => wrapUnderBranch(branchKey, { ...seed, version: 1, pool, epoch: branch.epoch }, dataKeyOf(seed))),
  );
  await withConnection(world.ownerUrl("keyring"), async (owner) => {
    for (let from = 0; from < seeds.length; from += 5_000) {
      const page = seeds.slice(from, from + 5_000);
      await owner.query(
        `insert into keyring.data_keys (tenant_id, purpose, version, wrapped, kms_key_arn, epoch, sealed_as)
         select t, p, 1, w, $4, $5, p from unnest($1::text[], $2::text[], $3::bytea[]) as rows (t, p, w)`,
        [
          page.map(({ tenantId }) => tenantId),
          page.map(({ purpose }) => purpose),
          wrapped.slice(from, from + 5_000),
          epochKeyOf(pool),
          branch.epoch,
        ],
      );
    }
    await owner.query("create table bare_keys (id integer primary key, wrapped bytea not null)");
    await owner.query("vacuum analyze keyring.data_keys");
  });
  await restoreBare(world);
}

/** The bare work's own keys, of the same size, sealed as it finds them. */
async function restoreBare(world: World): Promise<void> {
  const cipher = createCipheriv("aes-256-gcm", Buffer.alloc(32, 1), Buffer.alloc(12));
  const wrapped = Buffer.concat([Buffer.of(1), Buffer.alloc(12), cipher.update(Buffer.alloc(32)), cipher.final(), cipher.getAuthTag()]);
  await withConnection(world.ownerUrl("keyring"), async (owner) => {
    await owner.query("truncate bare_keys");
    await owner.query("insert into bare_keys select i, $1 from generate_series(1, $2::integer) as i", [wrapped, keys]);
    await owner.query("vacuum analyze bare_keys");
  });
}

/** Keys that are not what they were when they were made, read as the owner and opened under the epoch that holds now. */
async function findWrong(world: World, seeds: readonly Seed[]): Promise<string[]> {
  const branch = await currentEpoch(epochNeeds(world).keyring, pool);
  const found = await withConnection(world.ownerUrl("keyring"), async (owner) => {
    const { rows } = await owner.query<Seed & { epoch: number; wrapped: Buffer }>(
      `select tenant_id as "tenantId", purpose, epoch, wrapped from keyring.data_keys where kms_key_arn = $1`,
      [epochKeyOf(pool)],
    );
    return rows;
  });
  return withBranchKey(new KMSClient(world.aws("worker")), branch, (branchKey) => [
    ...(found.length === seeds.length ? [] : [`${found.length} keys are there`]),
    ...found.flatMap(({ tenantId, purpose, epoch, wrapped }) =>
      epoch === branch.epoch &&
      unwrapUnderBranch(branchKey, { tenantId, purpose, version: 1, pool, epoch }, wrapped).equals(dataKeyOf({ tenantId, purpose }))
        ? []
        : [`${tenantId} ${purpose} is another key`],
    ),
  ]);
}
