import { addDataKey, nextVersion } from "@leasehold/db/keyring/data-keys/add-data-key";
import { DomainError } from "@leasehold/domain/errors";
import { wrapFreshKeys } from "@leasehold/tenancy/keys/tenant-key-models";
import { closureOf, customerKeyRefused } from "@leasehold/tenancy/keys/unreadable";
import { nothing } from "../onboarding/step-place.ts";
import { abortable } from "../operations/abortable.ts";
import { stepActivity } from "../operations/run-step.ts";
import type { KeyDependencies } from "./dependencies.ts";
import { keyPlaceOf } from "./step-place.ts";

/**
 * Idempotent by operation id. One more version of the data key, wrapped as the newest is: by the same KMS key, or under the pool's
 * current epoch. It is what is written with from now on, so that no roll back takes it away.
 */
export function makeDataKey(needs: KeyDependencies) {
  const { keyring, kms } = needs;
  return stepActivity(
    needs,
    keyPlaceOf("new-version"),
    async ({ tenantId, operationId, signal }) => {
      const next = await nextVersion(keyring, tenantId, operationId);
      if (next === undefined) throw new DomainError("PRECONDITION_FAILED", "The tenant has no data key.", { reason: "no-data-key" });
      const { version, made, kmsKeyArn, customerManaged } = next;
      if (made) return {};
      const wrapping = { keyring, kms: abortable(kms, signal) };
      const [key] = await wrapFreshKeys(wrapping, { tenantId, keyArn: kmsKeyArn }, [{ purpose: "data", version }]).catch(
        (error: unknown) => {
          const closure = customerManaged ? closureOf(error) : undefined;
          throw closure === undefined ? error : customerKeyRefused(closure, error);
        },
      );
      signal.throwIfAborted();
      if (key === undefined) throw new Error("no key was wrapped");
      const kept = await addDataKey(keyring, tenantId, { ...key, customerManaged, operationId });
      if (kept === undefined) throw new DomainError("UNAVAILABLE", "Another version was made meanwhile.", { reason: "version-taken" });
      return {};
    },
    nothing,
  );
}
