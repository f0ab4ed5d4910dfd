import { createHash } from "node:crypto";

export type AuditPlane = "control" | "application";

/** What a row says, as text: `createdAt` in UTC with microseconds, `details` as the database writes its JSON. */
export interface AuditFields {
  plane: AuditPlane;
  tenantId: string;
  auditId: string;
  actor: string;
  action: string;
  target: string;
  requestId: string;
  operationId: string | null;
  createdAt: string;
}

/** One value: its length in four bytes and its bytes; ffffffff for none. */
function part(value: string | Buffer | null): Buffer {
  if (value === null) return Buffer.from("ffffffff", "hex");
  const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function hash(...parts: (string | Buffer | null)[]): Buffer {
  return createHash("sha256")
    .update(Buffer.concat(parts.map(part)))
    .digest();
}

/** What stands for details in a row's commitment, and stays when details and salt are erased. */
export function commitToDetails(salt: Buffer, details: string): Buffer {
  return hash("leasehold/audit-details/1", salt, details);
}

/** A row's commitment; `sealed` is the commitment to its encrypted details, null when it has none. */
export function commitToRow(row: AuditFields, details: Buffer, sealed: Buffer | null): Buffer {
  const { plane, tenantId, auditId, actor, action, target, requestId, operationId, createdAt } = row;
  return hash("leasehold/audit-row/1", plane, tenantId, auditId, actor, action, target, requestId, operationId, createdAt, details, sealed);
}

/** What the first link of a chain is linked to. */
export function chainStart(plane: AuditPlane, tenantId: string): Buffer {
  return hash("leasehold/audit-chain/1", plane, tenantId);
}

export function linkOf(previous: Buffer, seq: number, commitment: Buffer): Buffer {
  const number = Buffer.alloc(8);
  number.writeBigInt64BE(BigInt(seq));
  const bytes = Buffer.concat([part("leasehold/audit-link/1"), part(previous), number, part(commitment)]);
  return createHash("sha256").update(bytes).digest();
}
