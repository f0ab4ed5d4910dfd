import type { TenantId } from "@leasehold/domain/ids";

/** Where an encrypted value belongs. All of it is authenticated: a value moved to another place does not open. */
export interface Cell {
  table: string;
  column: string;
  rowId: string;
}

/** The additional authenticated data of one cell. Lengths go before values, so that no two places share one encoding. */
export function cellContext(tenantId: TenantId, { table, column, rowId }: Cell): Buffer {
  return encodeContext(["leasehold/cell/1", tenantId, table, column, rowId]);
}

export function encodeContext(parts: readonly string[]): Buffer {
  const context = Buffer.allocUnsafe(parts.reduce((bytes, part) => bytes + 4 + Buffer.byteLength(part), 0));
  let at = 0;
  for (const part of parts) {
    const length = context.write(part, at + 4, "utf8");
    context.writeUInt32BE(length, at);
    at += 4 + length;
  }
  return context;
}
