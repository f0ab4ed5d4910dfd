import { sql } from "drizzle-orm";
import type pg from "pg";
import { keyringQuery } from "../with-keyring.ts";

/** The control plane's own keys, which are no tenant's. */
export interface PlatformKeyRow extends Record<string, unknown> {
  version: number;
  wrapped: Buffer;
  keyArn: string;
}

const nobody = "";

/** A version of the key of the control plane's own runs, or its newest; undefined when there is none. */
export async function findControlPlaneKey(pool: pg.Pool, version: number | "newest"): Promise<PlatformKeyRow | undefined> {
  const which = version === "newest" ? sql`` : sql`and version = ${version}`;
  const { rows } = await keyringQuery(pool, nobody, (tx) =>
    tx.execute<PlatformKeyRow>(sql`
      select version, wrapped, kms_key_arn as "keyArn" from keyring.platform_keys
      where name = 'control-plane' ${which} order by version desc limit 1`),
  );
  return rows[0];
}

/** Keeps the first version, or one more; what another process has kept stays. */
export async function keepControlPlaneKey(pool: pg.Pool, key: PlatformKeyRow): Promise<void> {
  await keyringQuery(pool, nobody, (tx) =>
    tx.execute(sql`
      insert into keyring.platform_keys (name, version, wrapped, kms_key_arn)
      values ('control-plane', ${key.version}, ${key.wrapped}, ${key.keyArn}) on conflict do nothing`),
  );
}
