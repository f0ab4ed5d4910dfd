import { createHash } from "node:crypto";
import { access, glob, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleWorkflowCode, DefaultLogger } from "@temporalio/worker";
import { failureConverterPath } from "./data-converter.ts";

const workflowsPath = fileURLToPath(import.meta.resolve("@leasehold/workflows"));
const interceptorsPath = fileURLToPath(import.meta.resolve("@leasehold/workflows/telemetry/interceptors"));
const domainPath = fileURLToPath(import.meta.resolve("@leasehold/domain/ids"));
const cacheFolder = fileURLToPath(new URL("../../node_modules/.cache/workflows/", import.meta.url));

/**
 * The workflows as one file for the sandbox: built when their sources, the domain or the SDK have changed, found otherwise.
 * @returns its path
 */
export async function loadWorkflowBundle(): Promise<{ codePath: string }> {
  const codePath = join(cacheFolder, `${await fingerprint()}.js`);
  const built = await access(codePath).then(
    () => true,
    () => false,
  );
  if (!built) {
    const { code } = await bundleWorkflowCode({
      workflowsPath,
      workflowInterceptorModules: [interceptorsPath],
      failureConverterPath,
      logger: new DefaultLogger("WARN"),
    });
    await mkdir(cacheFolder, { recursive: true });
    const draft = `${codePath}.${process.pid}`;
    await writeFile(draft, code);
    await rename(draft, codePath);
  }
  return { codePath };
}

async function fingerprint(): Promise<string> {
  const { version } = createRequire(import.meta.url)("@temporalio/worker/package.json");
  const hash = createHash("sha256").update(`${version} ${process.version} ${failureConverterPath}`);
  for (const folder of [dirname(workflowsPath), dirname(domainPath)]) {
    const files: string[] = [];
    for await (const file of glob("**/*.ts", { cwd: folder })) files.push(file);
    for (const file of files.sort()) {
      hash.update(file);
      hash.update(await readFile(join(folder, file)));
    }
  }
  return hash.digest("hex").slice(0, 32);
}
