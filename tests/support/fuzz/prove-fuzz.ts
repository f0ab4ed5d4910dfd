import { createMatrixWorld } from "../matrix/matrix-world.ts";
import { checkProperties } from "./check-properties.ts";
import { createFuzzWorld } from "./fuzz-world.ts";
import { endKeys, runSchemathesis } from "./run-schemathesis.ts";

const maxExamples = 300;
const timeoutMs = 30 * 60_000;

/** `pnpm prove fuzz`: many cases for each operation and procedure, another seed each time. @returns the number of runs that found something */
export async function proveFuzz(): Promise<number> {
  const seed = Math.floor(Math.random() * 2 ** 31);
  return (await proveInterface(seed)) + (await proveProcedures(seed));
}

async function proveProcedures(seed: number): Promise<number> {
  await using world = await createMatrixWorld();
  console.log(`\nEvery procedure of every app, ${maxExamples} cases each, seed ${seed}`);
  const wrong = await checkProperties(world, { numRuns: maxExamples, seed });
  for (const line of wrong) console.error(`FAILED: ${line}`);
  console.log(`${wrong.length} procedures answered wrongly`);
  return wrong.length;
}

async function proveInterface(seed: number): Promise<number> {
  await using world = await createFuzzWorld();
  const before = await world.theirRows();
  const { app, ids, forbidden } = world;
  console.log(`\nThe REST interface, ${maxExamples} cases for each operation and phase, seed ${seed}`);
  const options = { url: app.url, ids, forbidden, maxExamples, seed, timeoutMs };
  let found = 0;
  for (const which of [{ except: endKeys }, ...endKeys.map((only) => ({ only }))]) {
    const { code, output } = await runSchemathesis({ ...options, ...which, apiKey: await world.newApiKey() });
    console.log(output);
    if (code !== 0) found += 1;
  }
  if ((await world.theirRows()) !== before) {
    console.error("FAILED: rows of the other tenant have changed");
    found += 1;
  }
  return found;
}
