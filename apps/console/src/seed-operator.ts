import { betterAuth } from "better-auth";
import { env, seedEnv } from "./env.ts";
import { identityOptions, identityPool } from "./server/identity/options.ts";

/** Makes the first operator, or gives an existing one the configured password. Running it again changes nothing. */
async function seedOperator(): Promise<"created" | "password-changed" | "unchanged"> {
  const seed = seedEnv();
  const pool = identityPool(env().CONSOLE_IDENTITY_DATABASE_URL);
  try {
    const { internalAdapter, password } = await betterAuth(identityOptions(env(), pool)).$context;
    const email = seed.CONSOLE_SEED_OPERATOR_EMAIL.toLowerCase();
    const existing = await internalAdapter.findUserByEmail(email, { includeAccounts: true });
    if (!existing) {
      const operator = await internalAdapter.createUser({ email, name: "Operator", emailVerified: true }, { method: "admin" });
      const hash = await password.hash(seed.CONSOLE_SEED_OPERATOR_PASSWORD);
      await internalAdapter.linkAccount({ userId: operator.id, providerId: "credential", accountId: operator.id, password: hash });
      return "created";
    }
    const hash = existing.accounts.find((account) => account.providerId === "credential")?.password;
    if (hash && (await password.verify({ hash, password: seed.CONSOLE_SEED_OPERATOR_PASSWORD }))) return "unchanged";
    await internalAdapter.updatePassword(existing.user.id, await password.hash(seed.CONSOLE_SEED_OPERATOR_PASSWORD));
    return "password-changed";
  } finally {
    await pool.end();
  }
}

console.log(`operator ${await seedOperator()}`);
