import { claimResourceRef } from "@leasehold/db/control/placement/claim-resource-ref";
import { listWrappingKeys } from "@leasehold/db/keyring/keep-data-key";
import { DomainError } from "@leasehold/domain/errors";
import { keyAliasOf } from "@leasehold/domain/placement";
import type { StepContext, StepNeeds } from "../operations/run-step.ts";
import type { OnboardingDependencies } from "./dependencies.ts";
import { resourceKinds } from "./resource-names.ts";
import { createKey, findKey, listTaggedKeys, nameAndRotateKey, recordedKeys, retireKey } from "./tenant-keys.ts";

type Needs = Pick<OnboardingDependencies, keyof StepNeeds | "keyring" | "kms" | "tagging" | "tenantRoleArn" | "emulated">;

/** The tenant's own KMS key: noted as soon as it is there. A key that an earlier attempt made is adopted. */
export async function ownKey(needs: Needs, { tenantId, operationId, catalog, first }: StepContext): Promise<string> {
  const { control, keyring, kms, tagging, tenantRoleArn, emulated } = needs;
  const noted = recordedKeys(catalog)[0];
  if (noted !== undefined) return noted;
  const wrapping = first ? [] : await listWrappingKeys(keyring, tenantId);
  const found = first ? undefined : (wrapping[0] ?? (await findKey(kms, tagging, tenantId)));
  const arn = found ?? (await createKey(kms, { tenantId, tenantRoleArn, emulated }));
  const claim = { tenantId, operationId, kind: resourceKinds.key, name: keyAliasOf(tenantId), ref: arn };
  const claimed = await claimResourceRef(control, claim);
  if (claimed === arn) return arn;
  await retireKey(kms, arn);
  if (claimed !== undefined) return claimed;
  throw new DomainError("PRECONDITION_FAILED", "The tenant is to have no key any more.", { reason: "key-not-intended" });
}

/** Names the key and, where attempts came before, retires any other that they made. */
export async function settleOwnKey({ kms, tagging }: Needs, { tenantId, first }: StepContext, keyArn: string): Promise<void> {
  await nameAndRotateKey(kms, tenantId, keyArn);
  if (first) return;
  const strays = (await listTaggedKeys(tagging, tenantId)).filter((arn) => arn !== keyArn);
  for (const arn of strays) await retireKey(kms, arn);
}
