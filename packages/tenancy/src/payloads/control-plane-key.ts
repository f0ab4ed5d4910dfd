import { DecryptCommand, GenerateDataKeyWithoutPlaintextCommand, type KMSClient } from "@aws-sdk/client-kms";
import { findControlPlaneKey, keepControlPlaneKey, type PlatformKeyRow } from "@leasehold/db/keyring/platform-keys/control-plane-key";
import { dataKeyBytes } from "../keys/derive-key.ts";
import type { KeyModelNeeds } from "../keys/tenant-key-models.ts";
import { controlPlane } from "./key-id.ts";

/** KMS authenticates this with the control plane's key. No tenant has this name. */
function contextOf(version: number): Record<string, string> {
  return { tenant: controlPlane, version: String(version), purpose: "payload" };
}

/**
 * Idempotent. The first version of the control plane's key, wrapped by the platform's KMS key, where there is none: several processes
 * make one.
 */
export async function ensureControlPlaneKey({ keyring, kms }: KeyModelNeeds, kmsKey: string): Promise<void> {
  if ((await findControlPlaneKey(keyring, "newest")) !== undefined) return;
  const version = 1;
  const made = new GenerateDataKeyWithoutPlaintextCommand({ KeyId: kmsKey, KeySpec: "AES_256", EncryptionContext: contextOf(version) });
  const { CiphertextBlob, KeyId } = await kms.send(made);
  if (CiphertextBlob === undefined || KeyId === undefined) throw new Error("KMS answered without a wrapped key");
  await keepControlPlaneKey(keyring, { version, wrapped: Buffer.from(CiphertextBlob), keyArn: KeyId });
}

/** The key itself, 32 bytes; the caller zeroises it. */
export async function openControlPlaneKey(kms: KMSClient, { version, wrapped, keyArn }: PlatformKeyRow): Promise<Buffer> {
  const { Plaintext } = await kms.send(
    new DecryptCommand({ KeyId: keyArn, CiphertextBlob: wrapped, EncryptionContext: contextOf(version) }),
  );
  if (Plaintext?.length !== dataKeyBytes) throw new Error("KMS answered without the control plane's key");
  const key = Buffer.from(Plaintext);
  Plaintext.fill(0);
  return key;
}
