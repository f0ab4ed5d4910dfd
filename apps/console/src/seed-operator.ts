import { env, seedEnv } from "./env.ts";
import { identityPool } from "./server/identity/options.ts";
import { seedOperator } from "./server/identity/seed-operator.ts";

const { CONSOLE_SEED_OPERATOR_EMAIL: email, CONSOLE_SEED_OPERATOR_PASSWORD: password } = seedEnv();
const pool = identityPool(env().CONSOLE_IDENTITY_DATABASE_URL);
try {
  console.log(`operator ${await seedOperator(env(), pool, { email, password })}`);
} finally {
  await pool.end();
}
