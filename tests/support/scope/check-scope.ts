import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { exemptFiles } from "./exempt-files.ts";
import { findUnscoped } from "./find-unscoped.ts";
import { listLookedAt, problemsIn } from "./list-unbound.ts";

/**
 * `pnpm scope`: every statement enters for a tenant, a person or a capability, or goes by a path of the register (db/src/cross-tenants.ts); and
 * names the tenant of every row that it is about.
 */
const root = fileURLToPath(new URL("../../../", import.meta.url));
const folders = ["apps", "activities", "workflows", "db/src", "infra", "packages"];
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", ...folders], { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter(
    (file) => /\.tsx?$/.test(file) && !/\.test\.ts$/.test(file) && !file.startsWith("infra/local/") && existsSync(resolve(root, file)),
  );
const unscoped = new Map(files.map((file) => [file, findUnscoped(file, readFileSync(resolve(root, file), "utf8"))] as const));
const problems: string[] = [];
for (const [file, found] of unscoped)
  if (!Object.hasOwn(exemptFiles, file)) problems.push(...found.map(({ line, what }) => `${file}:${line}: ${what}`));
for (const file of Object.keys(exemptFiles))
  if ((unscoped.get(file) ?? []).length === 0) problems.push(`${file}: needs no exemption any more`);
problems.push(...problemsIn(await listLookedAt()));
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
