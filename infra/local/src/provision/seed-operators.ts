import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { withConnection, withDatabase } from "@leasehold/db/client";
import { inheritedEnv } from "../env.ts";
import { LocalError } from "../local-error.ts";
import { repositoryRoot } from "../paths.ts";
import type { Stack } from "../stack.ts";
import { seedEnv } from "../stack-env.ts";
import { pathsIn, readJson, writeJson } from "../supervision/files.ts";
import type { SignIn } from "./secrets.ts";

/**
 * Gives the console two operators, by the console's own command, so that one can approve what the other asks for. Again whenever the
 * database does not have them as they were left: what `dev` says of signing in is so.
 */
export async function seedOperators(stack: Stack): Promise<void> {
  const mark = join(pathsIn(stack.dataDir).run, "seeded.json");
  const signIns = [stack.secrets.operator, stack.secrets.secondOperator];
  const known = readJson<{ seeded: string }>(mark)?.seeded;
  if (known !== undefined && known === (await fingerprint(stack, signIns))) return;
  const folder = join(repositoryRoot, "apps/console");
  try {
    for (const signIn of signIns) {
      const env = { ...inheritedEnv(), ...seedEnv(stack, signIn) };
      await promisify(execFile)(process.execPath, ["src/seed-operator.ts"], { cwd: folder, env });
    }
  } catch (error) {
    const output = String((error as { stderr?: string }).stderr ?? error).trim();
    throw new LocalError(
      "SERVER_DIED",
      `The console's operators could not be made:\n${output.split("\n").slice(-8).join("\n")}`,
      "Correct what it says, then start again.",
    );
  }
  writeJson(mark, { seeded: await fingerprint(stack, signIns) });
}

/** Of the sign-ins and what the console's database has of them; undefined where it cannot be read. */
async function fingerprint({ database, migrations }: Stack, signIns: readonly SignIn[]): Promise<string | undefined> {
  const text = `select o.email, a.password from console_identity.operators o join console_identity.accounts a on a.operator_id = o.id
    where o.email = any($1) order by o.email`;
  try {
    const emails = signIns.map(({ email }) => email.toLowerCase());
    const { rows } = await withConnection(withDatabase(database.adminUrl, database.names.control), (admin) => admin.query(text, [emails]));
    return createHash("sha256")
      .update(JSON.stringify([migrations, signIns, rows]))
      .digest("hex");
  } catch {
    return undefined;
  }
}
