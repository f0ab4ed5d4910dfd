import { CreateAliasCommand, CreateKeyCommand, DescribeKeyCommand, type KMSClient, NotFoundException } from "@aws-sdk/client-kms";
import { readDeployedKey, widenForEmulator } from "../aws-policies.ts";
import { emulatorAccount } from "../servers/aws.ts";

/** The KMS key of the control plane's own payloads, as the platform's template makes it. Idempotent. */
export async function ensureControlPlaneKey(kms: KMSClient, region: string, poolBucket: string): Promise<void> {
  const { alias, policy, tags } = readDeployedKey({ account: emulatorAccount, region, poolBucket });
  if (await exists(kms, alias)) return;
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({ Description: alias, Policy: JSON.stringify(widenForEmulator(policy)), Tags: tags }),
  );
  await kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: KeyMetadata?.KeyId }));
}

async function exists(kms: KMSClient, KeyId: string): Promise<boolean> {
  try {
    await kms.send(new DescribeKeyCommand({ KeyId }));
    return true;
  } catch (error) {
    if (error instanceof NotFoundException) return false;
    throw error;
  }
}
