import { listWrappedKeys } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import { restoreKeys, rewrapKeys } from "@leasehold/db/keyring/data-keys/rewrap-keys";
import { DomainError } from "@leasehold/domain/errors";
import { nothing } from "../onboarding/step-place.ts";
import { stepActivity, undoActivity } from "../operations/run-step.ts";
import type { KeyDependencies } from "./dependencies.ts";
import { callKeyCare } from "./key-care-client.ts";
import { keyPlaceOf } from "./step-place.ts";
import { targetOf } from "./target-key.ts";

/**
 * Idempotent by the key. The application plane wraps every data key under the new KMS key, or the pool's epoch, as well; the keyring takes all of them at
 * once, or none when one has changed meanwhile. Nobody waits: data keys stay what they are.
 */
export function rewrapDataKeys(needs: KeyDependencies) {
  const { keyring } = needs;
  return stepActivity(
    needs,
    keyPlaceOf("rewrap"),
    async (context) => {
      const { tenantId, catalog, signal } = context;
      const { keyArn, custody } = await targetOf(needs, context);
      const present = await listWrappedKeys(keyring, tenantId);
      if (present.every((key) => key.keyArn === keyArn)) return {};
      const found = await callKeyCare(needs, { ...context, plan: catalog.plan }, (keys, options) =>
        keys.rewrap.mutate({ keyArn }, options),
      );
      const keys = found.map(({ purpose, version, from, wrapped, epoch }) => ({
        purpose,
        version,
        epoch,
        from: Buffer.from(from, "base64"),
        wrapped: Buffer.from(wrapped, "base64"),
      }));
      signal.throwIfAborted();
      const outcome = await rewrapKeys(keyring, tenantId, { kmsKeyArn: keyArn, customerManaged: custody === "customer", keys });
      if (outcome === "outdated") throw new DomainError("UNAVAILABLE", "The data keys changed meanwhile.", { reason: "keys-outdated" });
      return {};
    },
    nothing,
  );
}

/** Idempotent by tenant id. The keyring is as it was; KMS is not asked, so that a key which was closed meanwhile stops nothing. */
export function undoRewrapDataKeys({ control, keyring }: KeyDependencies) {
  return undoActivity(control, "rewrap", async ({ tenantId }) => {
    await restoreKeys(keyring, tenantId);
    return {};
  });
}
