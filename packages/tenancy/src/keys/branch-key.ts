import { DecryptCommand, GenerateDataKeyWithoutPlaintextCommand, type KMSClient } from "@aws-sdk/client-kms";
import type { WrappedBranchKey } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import { dataKeyBytes } from "./derive-key.ts";

type Epoch = Pick<WrappedBranchKey, "pool" | "epoch" | "keyArn">;

/** KMS authenticates this with the branch key: it opens as that of its pool and epoch only. */
export function branchKeyContext({ pool, epoch }: Pick<Epoch, "pool" | "epoch">): Record<string, string> {
  return { pool, epoch: String(epoch), purpose: "branch" };
}

/** A new branch key that never leaves KMS in the clear here. The caller's credentials need kms:GenerateDataKeyWithoutPlaintext. */
export async function generateBranchKey(kms: KMSClient, epoch: Epoch): Promise<Buffer> {
  const { CiphertextBlob } = await kms.send(
    new GenerateDataKeyWithoutPlaintextCommand({ KeyId: epoch.keyArn, KeySpec: "AES_256", EncryptionContext: branchKeyContext(epoch) }),
  );
  if (CiphertextBlob === undefined) throw new Error("KMS answered without a branch key");
  return Buffer.from(CiphertextBlob);
}

/** The branch key itself, 32 bytes; the caller zeroises it. */
export async function openBranchKey(kms: KMSClient, branch: WrappedBranchKey): Promise<Buffer> {
  const { wrapped: CiphertextBlob, keyArn: KeyId, epoch } = branch;
  if (CiphertextBlob === null) throw new Error(`epoch ${epoch} is retired: nothing opens its branch key`);
  const { Plaintext } = await kms.send(new DecryptCommand({ KeyId, CiphertextBlob, EncryptionContext: branchKeyContext(branch) }));
  if (Plaintext?.length !== dataKeyBytes) throw new Error("KMS answered without a branch key");
  const key = Buffer.from(Plaintext);
  Plaintext.fill(0);
  return key;
}

/** Runs `work` with a branch key that is opened for it and zeroised after. */
export async function withBranchKey<T>(kms: KMSClient, branch: WrappedBranchKey, work: (key: Buffer) => T | Promise<T>): Promise<T> {
  const key = await openBranchKey(kms, branch);
  try {
    return await work(key);
  } finally {
    key.fill(0);
  }
}
