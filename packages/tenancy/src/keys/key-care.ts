import { randomBytes } from "node:crypto";
import { DecryptCommand, EncryptCommand, type KMSClient } from "@aws-sdk/client-kms";
import type { WrappedKeyRow } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import type { RewrappedKey } from "@leasehold/db/keyring/data-keys/rewrap-keys";
import type { TenantId } from "@leasehold/domain/ids";
import type { TenantScope } from "../context.ts";
import { underKey } from "./data-keys.ts";
import { closureOf, customerKeyRefused, keyUnavailable } from "./unreadable.ts";
import { unwrapDataKey, wrapDataKey } from "./wrapped-key.ts";

/** What the tenant's own credentials are refused on a key, by action; the key's own states are looked at elsewhere. */
export type RefusedAction = "kms:Encrypt" | "kms:Decrypt";

export interface KeyCare {
  /**
   * Tries a KMS key with the tenant's credentials, in a context that no data key has. `wrapped` was made in that context by whoever may.
   * Throws UNAVAILABLE when KMS does not answer.
   */
  tryKey(scope: TenantScope, keyArn: string, wrapped: Buffer | undefined): Promise<RefusedAction[]>;
  /**
   * Every key of the tenant, wrapped under another KMS key as well, and proved to be the same by unwrapping it. Nothing is kept.
   * Throws as `DataKeys.use` does.
   */
  rewrap(scope: TenantScope, keyArn: string): Promise<RewrappedKey[]>;
}

export interface KeyCareSources {
  listWrappedKeys(tenantId: TenantId): Promise<WrappedKeyRow[]>;
  kmsFor(scope: TenantScope): Promise<KMSClient>;
}

/** Of trials only: what is wrapped in it is no data key's. */
export function trialContext(tenantId: TenantId): Record<string, string> {
  return { tenant: tenantId, version: "0", purpose: "trial" };
}

/** What a tenant's keys are looked after with, under the tenant's own credentials. */
export function createKeyCare({ listWrappedKeys, kmsFor }: KeyCareSources): KeyCare {
  return {
    async tryKey(scope, keyArn, wrapped) {
      const kms = await kmsFor(underKey(scope, keyArn));
      const EncryptionContext = trialContext(scope.tenantId);
      const encrypted = await kms.send(new EncryptCommand({ KeyId: keyArn, Plaintext: randomBytes(32), EncryptionContext })).catch(denied);
      const CiphertextBlob = wrapped ?? encrypted?.CiphertextBlob;
      const decrypted =
        CiphertextBlob && (await kms.send(new DecryptCommand({ KeyId: keyArn, CiphertextBlob, EncryptionContext })).catch(denied));
      return [...(encrypted ? [] : ["kms:Encrypt" as const]), ...(decrypted ? [] : ["kms:Decrypt" as const])];
    },
    async rewrap(scope, keyArn) {
      const target = await kmsFor(underKey(scope, keyArn));
      const rewrapped: RewrappedKey[] = [];
      for (const row of await listWrappedKeys(scope.tenantId)) {
        const { purpose, version, wrapped: from, sealedAs, customerManaged } = row;
        const identity = { tenantId: scope.tenantId, version, purpose: sealedAs };
        const source = await kmsFor(underKey(scope, row.keyArn));
        const key = await unwrapDataKey(source, { ...identity, keyArn: row.keyArn }, from).catch((error: unknown) => {
          throw refusal(error, customerManaged);
        });
        try {
          const wrapped = await wrapDataKey(target, { ...identity, keyArn }, key);
          const again = await unwrapDataKey(target, { ...identity, keyArn }, wrapped);
          const same = again.equals(key);
          again.fill(0);
          if (!same) throw new Error("a data key came back as another one");
          rewrapped.push({ purpose, version, from, wrapped });
        } catch (error) {
          throw refusal(error, true);
        } finally {
          key.fill(0);
        }
      }
      return rewrapped;
    },
  };
}

function denied(error: unknown): undefined {
  if (closureOf(error) !== undefined) return undefined;
  throw keyUnavailable(error);
}

function refusal(error: unknown, customerManaged: boolean): unknown {
  const closure = customerManaged ? closureOf(error) : undefined;
  return closure === undefined ? keyUnavailable(error) : customerKeyRefused(closure, error);
}
