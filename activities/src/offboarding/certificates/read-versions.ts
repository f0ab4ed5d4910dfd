import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { readMigrations } from "@leasehold/db/migrate";
import type { Plane } from "@leasehold/db/roles";
import type { CertificateVersions } from "@leasehold/domain/offboarding/certificate";

const databases: readonly Plane[] = ["control", "application", "keyring"];
const templates = ["platform", "pool", "tenant-silo"];

/** What this process was built from: the product's version, the last migration of each database, the hash of each template. */
export async function readVersions(commit: string | undefined): Promise<CertificateVersions> {
  const { version } = JSON.parse(await readFile(new URL("../../../package.json", import.meta.url), "utf8")) as { version: string };
  const schemas: Record<string, string> = {};
  for (const database of databases) schemas[`${database} database`] = (await readMigrations(database)).at(-1)?.name ?? "none";
  for (const name of templates) {
    const bytes = await readFile(new URL(import.meta.resolve(`@leasehold/infra/stacks/${name}.yaml`)));
    schemas[`${name}.yaml`] = `SHA-256 ${createHash("sha256").update(bytes).digest("hex")}`;
  }
  return { product: `Leasehold ${version}`, commit: commit ?? null, schemas };
}
