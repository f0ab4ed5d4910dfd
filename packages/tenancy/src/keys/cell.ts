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
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part, "utf8");
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}
