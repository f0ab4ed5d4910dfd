import { changeKeyRate } from "@leasehold/db/application/api-keys/change-key-rate";
import { createApiKey } from "@leasehold/db/application/api-keys/create-api-key";
import { listApiKeys } from "@leasehold/db/application/api-keys/find-api-key";
import { revokeApiKey } from "@leasehold/db/application/api-keys/revoke-api-key";
import { type ApiKeyRate, apiKeyBounds } from "@leasehold/domain/api-keys";
import { actorRef } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { newId } from "@leasehold/domain/ids";
import { digestSecret, newSecret, writeApiKey } from "@leasehold/tenancy/api-keys/key-text";
import { contextHasScope, type TenantScope } from "@leasehold/tenancy/context";
import type { TenancyKit } from "@leasehold/tenancy/create-kit";
import { z } from "zod";
import { nothing } from "../documents/schemas.ts";
import { router, tenantChange, tenantProcedure } from "../trpc/init.ts";
import { apiKeyView, keyId, keyName, keyRate, keyScope, openApiKeys, sealKeyName } from "./api-key-view.ts";

const tag = "API keys";

const newKey = z.object({
  name: keyName,
  scopes: z.array(keyScope).min(1, "Choose what the key may do.").max(keyScope.options.length),
  expiresInDays: z.number().int().min(1).max(apiKeyBounds.longestDays).default(90),
  rate: keyRate.nullable().default(null).describe("A rate of its own, at most the plan's for a key, which holds without one."),
});

export const apiKeysRouter = router({
  list: tenantProcedure("api-keys:manage", { method: "GET", path: "/api-keys", summary: "List API keys", tag })
    .output(z.array(apiKeyView))
    .query(async ({ ctx: { kit, app } }) =>
      openApiKeys(kit.keys, app, await kit.data.query(app, "read", (tx) => listApiKeys(tx, app.tenantId))),
    ),

  create: tenantChange("api-keys:manage", { method: "POST", path: "/api-keys", summary: "Make an API key", tag, status: 201 })
    .input(newKey)
    .output(apiKeyView.extend({ key: z.string().nullable().describe("The key's text, shown once: null when the request is repeated.") }))
    .mutation(async ({ ctx: { kit, app, once }, input }) => {
      const scopes = [...new Set(input.scopes)];
      if (!scopes.every((scope) => contextHasScope(app, scope))) {
        throw new DomainError("FORBIDDEN", "A key does no more than you may.", { reason: "scope-missing", field: "scopes" });
      }
      await requireRate(kit, app, input.rate);
      const text = { tenantId: app.tenantId, keyId: newId("apiKey"), secret: newSecret() };
      const nameCipher = await sealKeyName(kit.keys, app, text.keyId, input.name);
      const { rate, expiresInDays } = input;
      const row = { keyId: text.keyId, nameCipher, secretHash: digestSecret(text), scopes, expiresInDays, rate };
      const made = await once(input, async (tx) => ({ keyId: text.keyId, ...(await createApiKey(tx, app, row)) }));
      return {
        ...made,
        name: input.name,
        nameLost: false,
        scopes,
        createdBy: actorRef(app.actor),
        lastUsedAt: null,
        revokedAt: null,
        revokedBy: null,
        rate,
        key: made.keyId === text.keyId ? writeApiKey(text) : null,
      };
    }),

  change: tenantChange("api-keys:manage", {
    method: "PATCH",
    path: "/api-keys/{keyId}",
    summary: "Change an API key's rate",
    tag,
    status: 204,
  })
    .input(z.object({ keyId, rate: keyRate.nullable().describe("Null: the plan's.") }))
    .output(nothing)
    .mutation(async ({ ctx: { kit, app, once }, input }) => {
      await requireRate(kit, app, input.rate);
      const digest = await once(input, async (tx) => (await changeKeyRate(tx, app, input.keyId, input.rate)).toString("hex"));
      kit.apiKeys.forget(app.tenantId, input.keyId, Buffer.from(digest, "hex"));
    }),

  revoke: tenantChange("api-keys:manage", {
    method: "DELETE",
    path: "/api-keys/{keyId}",
    summary: "Revoke an API key",
    tag,
    status: 204,
  })
    .input(z.object({ keyId }))
    .output(nothing)
    .mutation(async ({ ctx: { kit, app, once }, input }) => {
      const digest = await once(input, async (tx) => (await revokeApiKey(tx, app, input.keyId)).toString("hex"));
      kit.apiKeys.forget(app.tenantId, input.keyId, Buffer.from(digest, "hex"));
    }),
});

/** What would be cut to the plan's in silence is refused. Throws VALIDATION (`rate-above-plan`). */
async function requireRate(kit: TenancyKit, app: TenantScope, rate: ApiKeyRate | null): Promise<void> {
  if (rate === null) return;
  const { key } = await kit.limits.readUse(app);
  const refuse = (field: keyof ApiKeyRate, most: number) => {
    throw new DomainError("VALIDATION", `Your plan gives a key at most ${most}.`, { reason: "rate-above-plan", field: `rate.${field}` });
  };
  if (rate.requestsPerSecond > key.requestsPerSecond) refuse("requestsPerSecond", key.requestsPerSecond);
  if (rate.burst > key.burst) refuse("burst", key.burst);
  if ((rate.requestsPerDay ?? 0) > key.requestsPerDay) refuse("requestsPerDay", key.requestsPerDay);
}
