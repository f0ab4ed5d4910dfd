import type { CodeMutation } from "./code-mutations.ts";

/** A value in a template of the code. */
const slot = (name: string) => `\u0024{${name}}`;

const suspended = (name: string) => ({ file: "integration/suspension.test", name });
const closed = suspended("of business refuses everybody");
const linked = { file: "unit/portal-export-link" };
const lost = (name: string) => ({ file: "integration/keys-lost", name });
const turned = { file: "integration/keys-epoch-turns", name: "that two operators give up" };

/** A part of what a link to an export is bound to. */
function unboundLink(id: string, text: string, replacement: string): CodeMutation {
  return { id, file: "apps/portal/src/server/exports/export-link.ts", text, replacement, tests: linked };
}

/** Checks of keys, suspensions, idempotency keys, limits, API keys, links and the second pair of eyes. */
export const tenantMutations: readonly CodeMutation[] = [
  {
    id: "a key that is lost is a fault",
    file: "packages/tenancy/src/keys/data-keys.ts",
    text: "throw loss === undefined ? new UnreadableError(missing) : keyLost(loss.lostAt, new Error(missing));",
    replacement: "throw new UnreadableError(missing);",
    tests: lost("what is read by itself"),
  },
  {
    id: "a version that nobody knows of is lost",
    file: "db/src/keyring/data-keys/find-loss.ts",
    text: "(version < 1 || version >= newest)",
    replacement: "version < 1",
    tests: lost("nobody knows of"),
  },
  {
    id: "a key is held for as long as it is asked for",
    file: "packages/tenancy/src/keys/data-keys.ts",
    text: "Math.min(sources.leaseMs ?? leaseMs, leaseMs)",
    replacement: "(sources.leaseMs ?? leaseMs)",
    tests: { file: "unit/tenancy-key-leases" },
  },
  {
    id: "leases on keys are found under one key",
    file: "packages/tenancy/src/keys/data-keys.ts",
    text: `\`${slot("scope.tenantId")}|${slot("scope.placement.keyArn")}|${slot("version")}\``,
    replacement: `\`${slot("version")}\``,
    tests: { file: "isolation/second-order", name: "caches" },
  },
  {
    id: "a rotation destroys the new key too",
    file: "db/src/keyring/data-keys/retire-data-keys.ts",
    text: "and version < ",
    replacement: "and version <= ",
    tests: { file: "integration/keys-twice", name: "each step of a rotation" },
  },
  {
    id: "keys are given up that nobody agreed to",
    file: "db/src/control/keys/losses/read-loss.ts",
    text: "AND approved_at IS NOT NULL AND ended_at IS NULL",
    replacement: "AND ended_at IS NULL",
    tests: turned,
  },
  {
    id: "keys are given up by one operator",
    file: "db/src/control/keys/losses/decide-key-loss.ts",
    text: "if (loss.requestedBy === actor) {",
    replacement: "if (loss.requestedBy === '') {",
    tests: turned,
  },
  {
    id: "a second factor is taken away by one operator",
    file: "db/src/control/second-factors/decide-reset.ts",
    text: "if (reset.requestedBy === actor) throw",
    replacement: "if (reset.requestedBy === '') throw",
    tests: { file: "integration/second-factor-reset", name: "two operators let somebody in" },
  },
  {
    id: "a retried removal takes a second factor that is newer",
    file: "db/src/control/identity/remove-second-factor.ts",
    text: '"DELETE FROM identity.two_factors WHERE user_id = $1 AND id = $2", [userId, factorId]',
    replacement: '"DELETE FROM identity.two_factors WHERE user_id = $1 AND $2::text IS NOT NULL", [userId, factorId]',
    tests: { file: "integration/second-factor-reset", name: "an attempt that broke off" },
  },
  {
    id: "a closing is approved by whoever asked",
    file: "db/src/control/offboarding/decide-offboarding.ts",
    text: "if (closing.requested_by === actor) {",
    replacement: "if (closing.requested_by === '') {",
    tests: { file: "integration/console-offboarding", name: "whoever asked cannot approve" },
  },
  {
    id: "an old sign-in closes a workspace",
    file: "apps/portal/src/server/identity/require-fresh-sign-in.ts",
    text: "const fresh = Date.now() - user.signedInAt.getTime() < freshSignInMs;",
    replacement: "const fresh = user.signedInAt.getTime() > 0;",
    tests: { file: "integration/portal-closing", name: "asks for the password again" },
  },
  {
    id: "a closed suspension leaves the home open to reads",
    file: "db/src/application/placement/suspend-home.ts",
    text: 'closed: "shut"',
    replacement: 'closed: "suspended"',
    tests: closed,
  },
  {
    id: "a suspension leaves the home as it is",
    file: "activities/src/suspension/shut-tenant.ts",
    text: "await withTenantDatabase(needs, placement, (pool) => suspendHome(pool, tenantId, access));",
    replacement: "",
    tests: closed,
  },
  {
    id: "a closed suspension leaves the keys on",
    file: "activities/src/suspension/suspend-tenant.ts",
    text: 'if (access === "closed") await holding(',
    replacement: "if (access === undefined) await holding(",
    tests: closed,
  },
  {
    id: "wrapped keys are not withheld",
    file: "activities/src/keys/cut-off-tenant-key.ts",
    text: "const withheld = await withholdKeys(keyring, tenantId, true);",
    replacement: "const withheld = 1;",
    tests: suspended("of starter refuses everybody"),
  },
  {
    id: "work on keys goes on under a suspension",
    file: "activities/src/suspension/suspend-tenant.ts",
    text: "await endKeyOperations(needs, context.tenantId, context.signal);",
    replacement: "",
    tests: suspended("does not wait for a rotation"),
  },
  {
    id: "a suspension that was given up wakes",
    file: "activities/src/suspension/step-place.ts",
    text: "if (await whileHeld(control, ref, work)) return;",
    replacement: "await whileHeld(control, ref, work);\n  if (ref.tenantId !== undefined) return work();",
    tests: { file: "integration/suspension-twice", name: "given up long ago" },
  },
  {
    id: "members read while owners do",
    file: "apps/portal/src/server/trpc.ts",
    text: '(isClosedBySuspension(workspace) || !hasScope(role, "tenant:close"))',
    replacement: "isClosedBySuspension(workspace)",
    tests: { file: "integration/portal-suspension", name: "one whose owners read" },
  },
  {
    id: "an idempotency key is everybody's",
    file: "db/src/application/idempotency/claim-key.ts",
    text: "    eq(idempotencyKeys.actor, actorRef(ctx.actor)),\n",
    replacement: "",
    tests: { file: "integration/idempotency", name: "two actors" },
  },
  {
    id: "a kept answer opens for another actor",
    file: "packages/tenancy/src/idempotency/run-once.ts",
    text: `rowId: \`${slot("actorRef(app.actor)")}|${slot('keyHash.toString("hex")')}\``,
    replacement: 'rowId: keyHash.toString("hex")',
    tests: { file: "integration/idempotency", name: "nothing in it opens" },
  },
  {
    id: "a kept answer is another request's as well",
    file: "packages/tenancy/src/idempotency/run-once.ts",
    text: "if (kept.digest === digest) return kept.answer;",
    replacement: "if (kept.digest !== '') return kept.answer;",
    tests: { file: "integration/idempotency", name: "the same key with another body" },
  },
  {
    id: "tenants share a bucket",
    file: "packages/tenancy/src/limits/create-limits.ts",
    text: `const name = \`${slot("tenantId")} ${slot("bucket")}\`;`,
    replacement: "const name = bucket;",
    tests: { file: "integration/limits-requests", name: "against that tenant alone" },
  },
  {
    id: "tenants share the places of requests under way",
    file: "packages/tenancy/src/limits/concurrency.ts",
    text: "const room = rooms.get(tenantId) ?? { inside: 0, waiting: new Set() };\n      rooms.set(tenantId, room);",
    replacement: 'const room = rooms.get("") ?? { inside: 0, waiting: new Set() };\n      rooms.set("", room);',
    tests: { file: "unit/limits-turns", name: "as many again wait" },
  },
  {
    id: "an API key does everything",
    file: "packages/tenancy/src/context.ts",
    text: "return context.keyScopes.includes(scope);",
    replacement: "return true;",
    tests: { file: "integration/api-keys", name: "does what its scopes name" },
  },
  {
    id: "an API key that has ended is taken",
    file: "packages/tenancy/src/api-keys/verify-api-key.ts",
    text: " || !stored.live) throw",
    replacement: ") throw",
    tests: { file: "integration/api-keys", name: "in the same words" },
  },
  {
    id: "an API key is taken by its id alone",
    file: "packages/tenancy/src/api-keys/verify-api-key.ts",
    text: " || !same || ",
    replacement: " || ",
    tests: { file: "integration/api-keys", name: "in the same words" },
  },
  {
    id: "a tenant of another region is let in",
    file: "packages/tenancy/src/placement/admit-tenant.ts",
    text: "if (placement.region === region) return;",
    replacement: "if (placement.region !== '' || region === '') return;",
    tests: { file: "integration/tenancy-revocation", name: "of another region" },
  },
  {
    id: "a token is for every audience",
    file: "packages/tenancy/src/token/verify-token.ts",
    text: "{ issuer, audience, algorithms",
    replacement: "{ issuer, algorithms",
    tests: { file: "integration/tenancy-token", name: "another audience" },
  },
  unboundLink("a link is another tenant's as well", "[tenantId, exportId, userId", "[exportId, userId"),
  unboundLink("a link opens another export", "[tenantId, exportId, userId", "[tenantId, userId"),
  unboundLink("a link is another person's as well", "exportId, userId, sha256", "exportId, sha256"),
  unboundLink("a link outlives its session", "sha256(sessionToken), ends", "ends"),
  unboundLink("a link has no end", "if (Number(ends) * 1_000 > now) return;", "if (now > 0) return;"),
];
