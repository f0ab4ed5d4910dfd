import { randomBytes } from "node:crypto";
import { findDocument } from "@leasehold/db/application/documents/find-document";
import { DomainError, isDomainError } from "@leasehold/domain/errors";
import { isId } from "@leasehold/domain/ids";
import type { AppContext } from "@leasehold/tenancy/context";
import type { TenancyKit } from "@leasehold/tenancy/create-kit";
import type { Logger } from "@leasehold/tenancy/logger";
import { openDocument } from "../documents/document-cells.ts";
import { deleteDocument, finishUnfinished } from "../documents/remove-body.ts";
import { uploadDocument } from "../documents/upload-document.ts";
import { type Canary, type CheckName, failCheck, refuseKey, refuseObject, refuseRow } from "./checks.ts";

export type VerificationOutcome = Record<CheckName, "passed" | "refused">;

/**
 * Stores and reads back a document the way a member does, and is refused the canary's row, object and key.
 * Idempotent by operation: what an attempt left behind is removed by the next. Throws PRECONDITION_FAILED with
 * `verification-<check>` when something that must be refused was not.
 */
export async function runVerification(kit: TenancyKit, app: AppContext, log: Logger, canary: Canary): Promise<VerificationOutcome> {
  if (canary.tenantId === app.tenantId) throw new DomainError("VALIDATION", "The canary is another tenant.", { field: "canary.tenantId" });
  const documentId = probeIdOf(app);
  await Promise.all([clearProbe(kit, app, documentId), kit.keys.use(app, ["newest"], () => undefined)]);
  const body = randomBytes(1024);
  try {
    await writeProbe(kit, app, log, documentId, body);
    const checks = [
      readProbe(kit, app, documentId, body),
      refuseRow(kit, app, canary),
      refuseObject(kit, app, canary),
      refuseKey(kit, app, canary),
    ];
    const failed = (await Promise.allSettled(checks)).find((check) => check.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  } catch (error) {
    await clearProbe(kit, app, documentId).catch((err: unknown) => log.warn({ err }, "the probe is left to the next attempt"));
    throw error;
  }
  await deleteDocument(kit, app, documentId);
  return {
    "own-write": "passed",
    "own-read": "passed",
    "canary-row": "refused",
    "canary-object": "refused",
    "canary-key": "refused",
    "clean-up": "passed",
  };
}

/** One document per operation: `op_…` and `doc_…` share the rest. */
function probeIdOf({ actor }: AppContext): string {
  const id = actor.type === "system" ? `doc_${actor.operationId.slice(3)}` : "";
  if (!isId("document", id)) throw new DomainError("FORBIDDEN", "This is for the onboarding alone.", { reason: "scope-missing" });
  return id;
}

async function writeProbe(kit: TenancyKit, app: AppContext, log: Logger, documentId: string, body: Buffer): Promise<void> {
  const upload = { documentId, folderId: null, name: documentId, contentType: "application/octet-stream", bytes: body.length };
  await uploadDocument(kit, app, log, { ...upload, body: chunksOf(body) });
}

async function readProbe(kit: TenancyKit, app: AppContext, documentId: string, body: Buffer): Promise<void> {
  const row = await kit.data.query(app, "read", (tx) => findDocument(tx, app.tenantId, documentId));
  const view = await openDocument(kit.keys, app, row);
  const chunks: Buffer[] = [];
  for await (const chunk of await kit.objects.get(app, row.objectKey)) chunks.push(chunk);
  if (view.name !== documentId || !Buffer.concat(chunks).equals(body)) failCheck("own-read", "what was read is not what was written");
}

async function clearProbe(kit: TenancyKit, app: AppContext, documentId: string): Promise<void> {
  await finishUnfinished(kit, app, { olderThanMinutes: 0, documentId });
  await deleteDocument(kit, app, documentId).catch((error: unknown) => {
    if (!isDomainError(error) || error.code !== "NOT_FOUND") throw error;
  });
}

async function* chunksOf(body: Buffer): AsyncGenerator<Buffer> {
  yield body;
}
