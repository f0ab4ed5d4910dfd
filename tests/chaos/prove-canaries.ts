import type { PlanId } from "@leasehold/domain/plans";
import { createPlantedStores } from "../support/offboarding/planted-stores.ts";
import { createWholeWorld } from "../support/offboarding/whole-world.ts";
import { quietRuntime } from "../support/payloads/carrier.ts";
import type { CaseResult } from "./run-cases.ts";

/** Of each: one that goes, and one that stays. */
const plans: readonly PlanId[] = ["starter", "pro", "business", "enterprise"];

const refused = /pending|disabled|not valid|KMSInvalidState|not exist/i;

/**
 * One tenant of each plan is closed, with texts in every store of it: silos with a database, a bucket and a key of their own, pooled
 * ones with a key of their own, and those that share an epoch. Then everything is looked through, and so is what was copied before.
 */
export async function proveCanaries(done: (result: CaseResult) => void): Promise<CaseResult[]> {
  quietRuntime();
  const results: CaseResult[] = [];
  const attempt = async (id: string, work: () => Promise<string>) => {
    const begun = performance.now();
    const result: CaseResult = { id, outcome: "", failure: undefined, ms: 0 };
    try {
      result.outcome = await work();
    } catch (error) {
      result.failure = error instanceof Error ? error.message : String(error);
    }
    result.ms = Math.round(performance.now() - begun);
    results.push(result);
    done(result);
  };

  await using whole = await createWholeWorld({ durable: true });
  await using stores = await createPlantedStores(whole);
  const leaving = await Promise.all(plans.map((plan) => whole.onboard(plan)));
  const staying = await Promise.all(plans.map((plan) => whole.onboard(plan)));
  const theirs = await Promise.all(staying.map(async (tenant) => ({ tenant, documents: await stores.store(tenant, 3) })));
  const planted = new Map<string, string[]>();
  for (const tenant of leaving) planted.set(tenant.tenantId, await stores.plant(tenant));
  await stores.copy();
  const closings = await Promise.all(leaving.map((tenant) => whole.close(tenant)));
  for (const closing of closings)
    await attempt(`${closing.plan} · closed`, async () => {
      await whole.awaitStep(closing, "certify", ["SUCCEEDED"], 300_000);
      return "first stamp";
    });

  const everything = [...planted.values()].flat();
  const { found, bytes } = await stores.scan(everything);
  const scanned = Object.values(bytes).reduce((sum, one) => sum + one, 0);
  const copied = await stores.openFromCopy([...leaving, ...staying].map(({ tenantId }) => tenantId));
  for (const { tenantId, plan } of leaving) {
    await attempt(`${plan} · no store and no copy has a planted text`, async () => {
      const own = planted.get(tenantId) ?? [];
      const readable = found.filter(({ needle }) => own.includes(needle));
      if (own.length < 30) throw new Error(`only ${own.length} texts were planted`);
      if (readable.length > 0)
        throw new Error(`${readable.length} are read in ${[...new Set(readable.map(({ file }) => file))].join(", ")}`);
      return `none of ${own.length}, in ${Math.round(scanned / 2 ** 20)} MiB`;
    });
    await attempt(`${plan} · the copy of the keyring opens nothing`, async () => {
      const { wrapped = 0, answer = "" } = copied.get(tenantId) ?? {};
      if (wrapped === 0) throw new Error("the copy has no wrapped key");
      if (!refused.test(answer)) throw new Error(answer);
      return `${wrapped} wrapped keys, refused`;
    });
  }
  for (const { tenant, documents } of theirs)
    await attempt(`${tenant.plan} · whoever stays reads everything`, async () => {
      for (const { documentId, body, name } of documents)
        if ((await tenant.documents.read(documentId)).toString() !== body) throw new Error(`${name} reads otherwise`);
      return `${documents.length} documents`;
    });
  return results;
}
