import { giveFirstRole } from "@leasehold/db/control/operators/give-operator-role";
import type { OperatorRole } from "@leasehold/domain/operators";
import type { Pool } from "pg";
import type { ConsoleEnv } from "../../env.ts";
import { createAuth } from "./create-auth.ts";
import { forgetSecondFactor } from "./end-sessions.ts";

/** Makes an operator, or gives an existing one the password, and a role where there is none yet. Run again, it changes nothing. */
export async function seedOperator(
  env: ConsoleEnv,
  pool: Pool,
  seed: { email: string; password: string; first?: { role: OperatorRole; control: Pool } },
): Promise<"created" | "password-changed" | "unchanged"> {
  const { internalAdapter, password } = await createAuth(env, pool).$context;
  const email = seed.email.toLowerCase();
  const existing = await internalAdapter.findUserByEmail(email, { includeAccounts: true });
  if (!existing) {
    const operator = await internalAdapter.createUser({ email, name: "Operator", emailVerified: true }, { method: "admin" });
    const hash = await password.hash(seed.password);
    await internalAdapter.linkAccount({ userId: operator.id, providerId: "credential", accountId: operator.id, password: hash });
    await giveRole(seed.first, operator.id);
    return "created";
  }
  await giveRole(seed.first, existing.user.id);
  const hash = existing.accounts.find((account) => account.providerId === "credential")?.password;
  if (hash && (await password.verify({ hash, password: seed.password }))) return "unchanged";
  await internalAdapter.updatePassword(existing.user.id, await password.hash(seed.password));
  await internalAdapter.deleteUserSessions(existing.user.id);
  // Who has lost the app and the recovery codes sets up another with the next sign-in.
  await forgetSecondFactor(pool, existing.user.id);
  return "password-changed";
}

async function giveRole(first: { role: OperatorRole; control: Pool } | undefined, operatorId: string): Promise<void> {
  if (first !== undefined) await giveFirstRole(first.control, operatorId, first.role);
}
