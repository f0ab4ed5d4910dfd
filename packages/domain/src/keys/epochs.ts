/**
 * What stands in place of a KMS key's ARN where a tenant has none of its own: its data keys are under the current epoch of the pool.
 * It names no key, so that nothing which is done to a tenant's key by its ARN reaches a key that others share.
 */
export type EpochKey = `epoch:${string}`;

/** The pool that every pooled tenant is in. */
export const onlyPool = "pool";

export function epochKeyOf(pool: string): EpochKey {
  return `epoch:${pool}`;
}

/** The pool whose epoch a key is under; undefined for the ARN of a KMS key. */
export function poolOfKey(keyArn: string): string | undefined {
  return keyArn.startsWith("epoch:") ? keyArn.slice("epoch:".length) : undefined;
}

/** KMS aliases of epochs' keys: one for each epoch of one keyring, so that two workers make one key, and two environments two. */
export function epochAliasOf(environment: string, pool: string, epoch: number): string {
  return `alias/leasehold/epoch/${environment}/${pool}/${epoch}`;
}

/** One turn of one epoch: who asks again for the same is told that it runs already. */
export function epochTurnIdOf({ pool, epoch }: { pool: string; epoch: number }): string {
  return `keys:epoch:${pool}:${epoch}`;
}
