import { createHash } from "node:crypto";
import { GetPublicKeyCommand, type KMSClient, SignCommand } from "@aws-sdk/client-kms";
import { toBase64Url } from "@leasehold/tenancy/certificates/bytes";
import { keyIdOf, signatureFromDer } from "@leasehold/tenancy/certificates/signature";

/** The signing key of infra/stacks/platform.yaml. A rotation turns the alias to a new key. */
export const certificateKeyAlias = "alias/leasehold/certificates";

export interface SigningKey {
  keyId: string;
  /** SPKI, DER. */
  publicKey: Uint8Array<ArrayBuffer>;
  kmsKeyArn: string;
}

/** The key that the alias is at now. Throws when KMS has none, or one that is not for this. */
export async function findSigningKey(kms: KMSClient, signal: AbortSignal): Promise<SigningKey> {
  const answer = await kms.send(new GetPublicKeyCommand({ KeyId: certificateKeyAlias }), { abortSignal: signal });
  if (answer.PublicKey === undefined || answer.KeyId === undefined || answer.KeySpec !== "ECC_NIST_P256")
    throw new Error("KMS gave no P-256 key for signing certificates");
  const publicKey = new Uint8Array(answer.PublicKey);
  return { keyId: await keyIdOf(publicKey), publicKey, kmsKeyArn: answer.KeyId };
}

/** The signature over the SHA-256 of `bytes`, as a certificate has it. The key is named by its ARN: the alias may turn meanwhile. */
export async function signWithKms(kms: KMSClient, key: SigningKey, bytes: Uint8Array, signal: AbortSignal): Promise<string> {
  const answer = await kms.send(
    new SignCommand({
      KeyId: key.kmsKeyArn,
      Message: createHash("sha256").update(bytes).digest(),
      MessageType: "DIGEST",
      SigningAlgorithm: "ECDSA_SHA_256",
    }),
    { abortSignal: signal },
  );
  if (answer.Signature === undefined) throw new Error("KMS gave no signature");
  return toBase64Url(signatureFromDer(answer.Signature));
}
