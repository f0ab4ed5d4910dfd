import { deepStrictEqual } from "node:assert/strict";
import { withConnection } from "@leasehold/db/client";
import type { OperationId } from "@leasehold/domain/ids";
import type { SuspensionAction } from "@leasehold/domain/suspension/steps";
import type { DocumentsClient } from "../support/documents-client.ts";
import type { RequestedTenant } from "../support/request-onboarding.ts";
import { activeFacts, factsOf, snapshot } from "../support/suspension.ts";
import type { World } from "../support/world.ts";

export interface DyingTenant extends RequestedTenant {
  documents: DocumentsClient;
  documentId: string;
  keyArn: string;
  /** The tenant as it was before anybody suspended it. */
  before: Record<string, unknown>;
}

const suspendedFacts = {
  state: "SUSPENDED",
  access: "closed",
  heldBy: null,
  published: "SUSPENDED",
  publishedAccess: "closed",
  home: "shut",
  withheld: true,
  key: "Disabled",
};

/** Throws unless the tenant is wholly suspended, or what it was before it ever was; and its operation has told of it once, or never. */
export async function assertSettled(
  world: World,
  tenant: DyingTenant,
  found: { suspended: boolean } & ({ operationId: OperationId; action: SuspensionAction; carriedOut: boolean } | { operationId?: never }),
): Promise<void> {
  const facts = await factsOf(world, tenant);
  deepStrictEqual(facts, found.suspended ? suspendedFacts : { ...activeFacts, key: "Enabled" });
  if (!found.suspended) deepStrictEqual(await snapshot(world, tenant), tenant.before);
  const read = await tenant.documents.read(tenant.documentId).then(String, (error: Error) => error.message);
  deepStrictEqual(read, found.suspended ? "PRECONDITION_FAILED tenant-suspended" : "kept through everything");
  if (found.operationId === undefined) return;
  const { operationId, action, carriedOut } = found;
  const count = carriedOut ? 1 : 0;
  const audit = carriedOut ? `suspension.${action === "suspend" ? "began" : "ended"}` : "suspension.rolled-back";
  deepStrictEqual(await tellings(world, operationId, audit), { facts: count, mails: count, audits: 1 });
}

function tellings(world: World, operationId: OperationId, audit: string) {
  return withConnection(world.ownerUrl("control"), async (owner) => {
    const { rows } = await owner.query<{ facts: number; mails: number; audits: number }>(
      `select (select count(*)::int from control.outbox where operation_id = $1) as facts,
        (select count(*)::int from control.mail_requests where request_key like '%' || $1) as mails,
        (select count(*)::int from control.audit where target = $1 and action = $2) as audits`,
      [operationId, audit],
    );
    return { ...rows[0] };
  });
}
