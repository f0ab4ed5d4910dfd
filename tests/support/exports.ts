import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { readArchive } from "@leasehold/archive/read-archive";
import { findExport, type TenantExport } from "@leasehold/db/control/offboarding/exports/read-export";
import { requestExport } from "@leasehold/db/control/offboarding/exports/request-export";
import { newId, type TenantId } from "@leasehold/domain/ids";
import type { ExportId } from "@leasehold/domain/offboarding/exports";
import { publicHalf } from "@leasehold/infra/local/provision/secrets";
import { appUrl } from "@leasehold/infra/local/stack-env";
import { sealMail } from "@leasehold/tenancy/mail/seal-mail";
import { sealPeople } from "@leasehold/tenancy/mail/seal-people";
import type { World } from "./world.ts";

export interface Exporter {
  tenantId: TenantId;
  userId: string;
  email: string;
  name: string;
}

/** What the portal does when an owner asks for an export. */
export async function askForExport(
  world: World,
  { tenantId, userId, email, name }: Exporter,
  idempotencyKey: string = newId("command"),
): Promise<ExportId> {
  const mailKey = publicHalf(world.stack.secrets.mailKey);
  const ctx = { tenantId, actor: { type: "user" as const, userId }, requestId: newId("request") };
  const props = { url: `${appUrl(world.stack, "portal")}/w/x/settings?tab=export`, organizationName: name, keptDays: 7 };
  const mail = { template: "export-ready" as const, sealed: await sealMail(mailKey, { template: "export-ready", to: email, props }) };
  const people = await sealPeople(mailKey, [{ userId, name: "Ada Lovelace", email }]);
  return (await requestExport(world.pool("control", "portal"), ctx, { idempotencyKey, people, mail })).exportId;
}

/** The export once nothing more happens to it by itself. */
export async function awaitExport(world: World, tenantId: TenantId, exportId: ExportId, patienceMs = 60_000): Promise<TenantExport> {
  for (const until = Date.now() + patienceMs; ; ) {
    const found = await findExport(world.pool("control", "portal"), tenantId, exportId);
    if (found !== undefined && ["READY", "FAILED", "EXPIRED"].includes(found.state)) return found;
    if (Date.now() > until) throw new Error(`the export is still ${found?.state}: ${found?.documents} documents`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The archive as the application plane hands it to an owner. */
export async function fetchArchive(
  world: World,
  person: { tenantId: TenantId; userId: string },
  { exportId, indexName }: Pick<TenantExport, "exportId" | "indexName">,
  headers: Record<string, string> = {},
): Promise<Response> {
  const token = await world.tokenFor(person);
  const url = `${appUrl(world.stack, "application")}/exports/${exportId}/archive?index=${indexName}`;
  return fetch(url, { headers: { authorization: `Bearer ${token}`, ...headers } });
}

export interface ArchiveFile extends AsyncDisposable {
  path: string;
}

/** The archive as a file of its own, which goes with its holder. */
export async function saveArchive(answer: Response): Promise<ArchiveFile> {
  if (!answer.ok || answer.body === null) throw new Error(`${answer.status} ${await answer.text()}`);
  const folder = await mkdtemp(join(tmpdir(), "leasehold-test-export-"));
  const path = join(folder, "export.tar");
  await pipeline(Readable.fromWeb(answer.body as never), createWriteStream(path));
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

/** Every file of an archive by its path. For small ones. */
export async function readWhole(source: AsyncIterable<Uint8Array>): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for await (const { path, chunks } of readArchive(source)) {
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    files.set(path, Buffer.concat(parts));
  }
  return files;
}

/** The lines of an NDJSON file. */
export function linesOf<Line>(files: Map<string, Buffer>, path: string): Line[] {
  const text = files.get(path)?.toString("utf8") ?? "";
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
}
