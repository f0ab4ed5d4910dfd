/** A column that holds sealed values: whatever walks a tenant's keys goes through this list, and a test finds what is not in it. */
export interface EncryptedColumn {
  /** In schema `app`. */
  table: string;
  /** What names the row beside the tenant: a column, or an expression of such. Bound into the value. */
  id: string;
  column: string;
  /** What is bound into the value beside tenant and row. */
  cell: { table: string; column: string };
  /** Rows whose values nobody opens any more. */
  except?: string;
}

const gone = "state = 'DELETING'";

export const encryptedColumns: readonly EncryptedColumn[] = [
  { table: "folders", id: "folder_id", column: "name_cipher", cell: { table: "folders", column: "name" } },
  { table: "documents", id: "document_id", column: "name_cipher", cell: { table: "documents", column: "name" }, except: gone },
  {
    table: "documents",
    id: "document_id",
    column: "content_type_cipher",
    cell: { table: "documents", column: "content_type" },
    except: gone,
  },
  { table: "api_keys", id: "key_id", column: "name_cipher", cell: { table: "api_keys", column: "name" } },
  { table: "audit", id: "audit_id", column: "sealed_details", cell: { table: "audit", column: "details" } },
  {
    table: "idempotency_keys",
    id: "actor || '|' || encode(key_hash, 'hex')",
    column: "sealed",
    cell: { table: "idempotency_keys", column: "sealed" },
  },
];

/** Columns of bytes that are no sealed values, and what they are: keyed or salted hashes, and salts. */
export const otherByteColumns: Record<string, string> = {
  "folders.name_hmac": "HMAC under the index key",
  "documents.name_hmac": "HMAC under the index key",
  "api_keys.secret_hash": "SHA-256 of a random secret",
  "idempotency_keys.key_hash": "SHA-256 of the caller's key",
  "audit.salt": "salt",
  "audit.sealed_commitment": "salted hash",
  "audit.details_commitment": "salted hash",
  "audit.commitment": "hash of what is in clear",
  "audit.link": "hash of hashes",
  "audit_heads.link": "hash of hashes",
};
