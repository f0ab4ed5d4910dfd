import type { AuditFields } from "./chain.ts";

/** One row with its place in the chain, as it is exported: hashes and salts in hexadecimal. */
export interface AuditEntry extends AuditFields {
  /** Its place in the chain; null while it waits for its seal. */
  seq: number | null;
  details: string;
  salt: string | null;
  detailsCommitment: string | null;
  /** The encrypted details in the clear, when the reader holds the tenant's key. */
  sealedDetails: string | null;
  sealedSalt: string | null;
  sealedCommitment: string | null;
  commitment: string | null;
  link: string | null;
  sealedAt: string | null;
  erasedAt: string | null;
}

/** The end of a chain: what a tenant, or an anchor, says that it should be. */
export interface AuditHead {
  plane: AuditFields["plane"];
  tenantId: string;
  seq: number;
  link: string;
}

const time = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Columns of an `AuditEntry` in either plane's table `a`. */
export function entryColumns(plane: AuditFields["plane"]): string {
  const sealed = plane === "application" ? "encode(a.sealed_commitment, 'hex')" : "NULL::text";
  return `'${plane}' AS plane, a.tenant_id AS "tenantId", a.audit_id AS "auditId", a.actor, a.action, a.target, a.request_id AS "requestId",
    a.operation_id AS "operationId", ${time("a.created_at")} AS "createdAt", a.seq::int AS seq, a.details::text AS details,
    encode(a.salt, 'hex') AS salt, encode(a.details_commitment, 'hex') AS "detailsCommitment", NULL::text AS "sealedDetails",
    NULL::text AS "sealedSalt", ${sealed} AS "sealedCommitment", encode(a.commitment, 'hex') AS commitment, encode(a.link, 'hex') AS link,
    ${time("a.sealed_at")} AS "sealedAt", ${time("a.erased_at")} AS "erasedAt"`;
}
