import { type ApiKeyRow, readRate } from "@leasehold/db/application/api-keys/find-api-key";
import { apiKeyBounds } from "@leasehold/domain/api-keys";
import { apiKeyScopes } from "@leasehold/domain/roles";
import type { TenantScope } from "@leasehold/tenancy/context";
import { decryptKnownColumns, encryptColumns } from "@leasehold/tenancy/keys/columns";
import type { DataKeys } from "@leasehold/tenancy/keys/data-keys";
import { idSchema } from "@leasehold/tenancy/rest/id-schema";
import { z } from "zod";
import { lostName } from "../documents/document-cells.ts";
import { nameLost } from "../documents/schemas.ts";

export const keyId = idSchema("apiKey", "an API key");
export const keyScope = z.enum(apiKeyScopes);

export const keyName = z
  .string()
  .trim()
  .min(1, "Give it a name.")
  .max(apiKeyBounds.nameLength, `Use at most ${apiKeyBounds.nameLength} characters.`)
  .refine((name) => !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(name), "Names hold no control characters.");

export const keyRate = z.object({
  requestsPerSecond: z.number().min(apiKeyBounds.leastPerSecond, `At least ${apiKeyBounds.leastPerSecond}.`).max(100_000),
  burst: z
    .number()
    .int("Give a whole number.")
    .min(1, "At least 1.")
    .max(1_000_000)
    .describe("Requests that may come at once after a pause."),
  requestsPerDay: z
    .number()
    .int("Give a whole number.")
    .min(1, "At least 1.")
    .max(1_000_000_000)
    .optional()
    .describe("Requests of one day in UTC; the workspace's alone without it."),
});

export const apiKeyView = z.object({
  keyId,
  name: z.string(),
  nameLost,
  scopes: z.array(keyScope),
  createdBy: z.string(),
  createdAt: z.date(),
  expiresAt: z.date(),
  lastUsedAt: z.date().nullable().describe("To the minute."),
  revokedAt: z.date().nullable(),
  revokedBy: z.string().nullable(),
  rate: keyRate.nullable().describe("The key's own; null where the plan's holds."),
});
export type ApiKeyView = z.infer<typeof apiKeyView>;

const cellOf = (rowId: string) => ({ table: "api_keys", column: "name", rowId });

export async function sealKeyName(keys: DataKeys, scope: TenantScope, id: string, text: string): Promise<Buffer> {
  const { sealed } = await encryptColumns(keys, scope, [{ ...cellOf(id), text }]);
  return sealed[0] as Buffer;
}

export async function openApiKeys(keys: DataKeys, scope: TenantScope, rows: readonly ApiKeyRow[]): Promise<ApiKeyView[]> {
  const cells = rows.map((row) => ({ ...cellOf(row.keyId), sealed: row.nameCipher }));
  const names = await decryptKnownColumns(keys, scope, cells);
  return rows.map(({ nameCipher: _, requestsPerSecond, burst, requestsPerDay, ...row }, index) => ({
    ...row,
    rate: readRate({ requestsPerSecond, burst, requestsPerDay }) ?? null,
    name: names[index] ?? lostName,
    nameLost: names[index] === undefined,
    scopes: row.scopes.filter((scope) => keyScope.safeParse(scope).success) as ApiKeyView["scopes"],
  }));
}
