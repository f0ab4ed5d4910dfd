import { spawn } from "node:child_process";
import { join } from "node:path";
import { cacheHome, inheritedEnv } from "@leasehold/infra/local/env";
import { chooseCacheDir } from "@leasehold/infra/local/paths";
import { findPython } from "@leasehold/infra/local/servers/find-python";
import { installPinned } from "@leasehold/infra/local/servers/install-servers";
import { testEnv } from "../env.ts";

export interface FuzzRun {
  url: string;
  /** Of the tenant that asks. */
  apiKey: string;
  /** Ids to ask with, by the name of a parameter. */
  ids: Record<string, string[]>;
  /** What no answer may hold. */
  forbidden: string[];
  /** Cases per operation in each phase. */
  maxExamples: number;
  seed: number;
  timeoutMs: number;
  /** One operation's id, instead of all; or all but some. */
  only?: string;
  except?: readonly string[];
}

/** What one does with a key's own id takes it from the rest of the run: each by itself. */
export const endKeys = ["apiKeys.change", "apiKeys.revoke"] as const;

export interface FuzzOutcome {
  code: number | null;
  output: string;
}

/** Every answer is one of these, and is described by the document. */
const checks = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
  "negative_data_rejection",
  "missing_required_header",
  "unsupported_method",
  "ignored_auth",
  "nothing_of_the_other_tenant",
];
/** Longer is a hang. */
const longestAnswerSeconds = 10;

/** Runs the fuzzer of the OpenAPI document against a real process. */
export async function runSchemathesis(run: FuzzRun): Promise<FuzzOutcome> {
  const { LEASEHOLD_CACHE_DIR, LEASEHOLD_PYTHON } = testEnv();
  const python = findPython(LEASEHOLD_PYTHON);
  const cacheDir = join(chooseCacheDir(LEASEHOLD_CACHE_DIR, cacheHome()), "tests");
  const requirements = join(import.meta.dirname, "requirements.txt");
  const packages = await installPinned({ name: "fuzzer", what: "the fuzzer", requirements }, cacheDir, python);
  const args = [
    join(packages, "bin/schemathesis"),
    "run",
    `${run.url}/openapi.json`,
    `--checks=${checks.join(",")}`,
    "--phases=examples,coverage,fuzzing",
    `--max-examples=${run.maxExamples}`,
    `--seed=${run.seed}`,
    `--max-response-time=${longestAnswerSeconds}`,
    `--request-timeout=${longestAnswerSeconds}`,
    "--generation-database=none",
    "--continue-on-failure",
    "--no-color",
    ...(run.except ?? []).map((id) => `--exclude-operation-id=${id}`),
    ...(run.only === undefined ? [] : [`--include-operation-id=${run.only}`]),
    `--header=Authorization: Bearer ${run.apiKey}`,
  ];
  const env = {
    ...inheritedEnv(),
    PYTHONPATH: `${packages}:${import.meta.dirname}`,
    PYTHONDONTWRITEBYTECODE: "1",
    SCHEMATHESIS_HOOKS: "hooks",
    FUZZ_IDS: JSON.stringify(run.ids),
    FUZZ_FORBIDDEN: JSON.stringify(run.forbidden),
  };
  const child = spawn(python.command, args, { env, cwd: import.meta.dirname, stdio: ["ignore", "pipe", "pipe"], timeout: run.timeoutMs });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, output: output.replaceAll(run.apiKey, "lhk_…") };
}
