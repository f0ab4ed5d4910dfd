import { createWholeWorld } from "../support/offboarding/whole-world.ts";
import { closeUnderDeaths, deadlySteps } from "./closing-deaths.ts";

/** A closing for each step at which its worker is killed, and one whose worker is killed at all of them. @returns how many failed */
export async function proveOffboarding(): Promise<number> {
  await using whole = await createWholeWorld();
  let failed = 0;
  for (const steps of [...deadlySteps.map((step) => [step]), deadlySteps]) {
    const what = steps.length === 1 ? steps[0] : "every step";
    const begun = performance.now();
    const tenant = await whole.onboard("business");
    await tenant.documents.store("Ours.txt", Buffer.from("to be erased"));
    const failure = await closeUnderDeaths(whole, tenant, steps).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (failure !== undefined) failed++;
    const ms = Math.round(performance.now() - begun);
    console.log(
      `${failure === undefined ? "held  " : "FAILED"} ${String(ms).padStart(6)} ms  SIGKILL at ${what}${failure === undefined ? "" : `: ${failure}`}`,
    );
  }
  return failed;
}
