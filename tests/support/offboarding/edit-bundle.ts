import { fileURLToPath } from "node:url";
import { failureConverterPath } from "@leasehold/worker/temporal/data-converter";
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from "@temporalio/worker";

const workflowsPath = fileURLToPath(new URL("./workflows.ts", import.meta.url));
let unedited: Promise<WorkflowBundle> | undefined;

/** The workflow of a closing alone, as it is. */
export function bundleClosing(): Promise<WorkflowBundle> {
  unedited ??= bundleWorkflowCode({ workflowsPath, failureConverterPath, logger: new DefaultLogger("ERROR") });
  return unedited;
}

/** What a later version of the workflow does otherwise: pieces of the source as it is bundled, and what stands in their place. */
const edits = {
  /** One look at the hold more before it is served and one after it, for runs that come there for the first time. */
  patched: [
    [
      /await serveHold\(run\);/,
      (sdk: string) => `if (${sdk}.patched("look-before")) await lookAtHold({ ...ref, now: Date.now() });
      await serveHold(run);
      if (${sdk}.patched("look-after")) await lookAtHold({ ...ref, now: Date.now() });`,
    ],
  ],
  /** The same with nobody asking whether the run was there before: what replaying refuses. */
  unpatched: [[/await serveHold\(run\);/, () => "await lookAtHold({ ...ref, now: Date.now() }); await serveHold(run);"]],
} satisfies Record<string, [RegExp, (sdk: string) => string][]>;

/** The workflow as a later version has it. Throws when the place to edit is not found once. */
export async function editBundle(edit: keyof typeof edits): Promise<WorkflowBundle> {
  let { code } = await bundleClosing();
  const sdk = /([\w$]+)\.condition\)\(\(\)=>\s*changes !== seen/.exec(code)?.[1];
  if (sdk === undefined) throw new Error("the bundle does not wait for changes any more");
  for (const [place, put] of edits[edit]) {
    const found = code.split(place).length - 1;
    if (found !== 1) throw new Error(`the place to edit is there ${found} times`);
    code = code.replace(place, () => put(sdk));
  }
  return { code };
}
