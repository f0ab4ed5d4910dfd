import { DecryptCommand, EncryptCommand, GenerateDataKeyWithoutPlaintextCommand, type KMSClient } from "@aws-sdk/client-kms";
import type { KeyPurpose } from "@leasehold/db/keyring/schema/data-keys";
import type { TenantId } from "@leasehold/domain/ids";
import { dataKeyBytes } from "./derive-key.ts";

export interface DataKeyIdentity {
  tenantId: TenantId;
  version: number;
  keyArn: string;
  /** `data` unless told. */
  purpose?: KeyPurpose;
}

/** KMS authenticates this with the wrapped key: it unwraps for this tenant, version and purpose only. */
export function dataKeyContext({ tenantId, version, purpose = "data" }: DataKeyIdentity): Record<string, string> {
  return { tenant: tenantId, version: String(version), purpose };
}

/** A new data key that never leaves KMS in the clear here: for the keyring. The caller's credentials need kms:GenerateDataKeyWithoutPlaintext. */
export async function generateWrappedDataKey(kms: KMSClient, identity: DataKeyIdentity): Promise<Buffer> {
  const { CiphertextBlob } = await kms.send(
    new GenerateDataKeyWithoutPlaintextCommand({
      KeyId: identity.keyArn,
      KeySpec: "AES_256",
      EncryptionContext: dataKeyContext(identity),
    }),
  );
  if (CiphertextBlob === undefined) throw new Error("KMS answered without a wrapped key");
  return Buffer.from(CiphertextBlob);
}

/** The data key itself, 32 bytes; the caller zeroises it. */
export async function unwrapDataKey(kms: KMSClient, identity: DataKeyIdentity, wrapped: Buffer): Promise<Buffer> {
  const { Plaintext } = await kms.send(
    new DecryptCommand({ KeyId: identity.keyArn, CiphertextBlob: wrapped, EncryptionContext: dataKeyContext(identity) }),
  );
  if (Plaintext?.length !== dataKeyBytes) throw new Error("KMS answered without a data key");
  const key = Buffer.from(Plaintext);
  Plaintext.fill(0);
  return key;
}

/** Wraps a data key under the identity's KMS key. */
export async function wrapDataKey(kms: KMSClient, identity: DataKeyIdentity, key: Buffer): Promise<Buffer> {
  const { CiphertextBlob } = await kms.send(
    new EncryptCommand({ KeyId: identity.keyArn, Plaintext: key, EncryptionContext: dataKeyContext(identity) }),
  );
  if (CiphertextBlob === undefined) throw new Error("KMS answered without a wrapped key");
  return Buffer.from(CiphertextBlob);
}
