import { env, seedEnv } from "./env.ts";
import { controlPool } from "./server/database.ts";
import { identityPool } from "./server/identity/options.ts";
import { seedOperator } from "./server/identity/seed-operator.ts";

const { CONSOLE_SEED_OPERATOR_EMAIL: email, CONSOLE_SEED_OPERATOR_PASSWORD: password, CONSOLE_SEED_OPERATOR_ROLE: role } = seedEnv();
const pool = identityPool(env().CONSOLE_IDENTITY_DATABASE_URL);
const control = controlPool();
try {
  console.log(`operator ${await seedOperator(env(), pool, { email, password, first: { role, control } })}`);
} finally {
  await Promise.all([pool.end(), control.end()]);
}
