import { CreateAliasCommand, CreateKeyCommand, DescribeKeyCommand, type KMSClient, NotFoundException } from "@aws-sdk/client-kms";
import { platformKeys, readDeployedKey, widenForEmulator } from "../aws-policies.ts";
import { emulatorAccount } from "../servers/aws.ts";

/** The platform's own KMS keys as its template makes them. Idempotent. */
export async function ensurePlatformKeys(kms: KMSClient, region: string, poolBucket: string): Promise<void> {
  for (const id of platformKeys) {
    const { alias, policy, tags, spec, usage } = readDeployedKey({ account: emulatorAccount, region, poolBucket }, id);
    if (await exists(kms, alias)) continue;
    const made = { Description: alias, Policy: JSON.stringify(widenForEmulator(policy)), Tags: tags, KeySpec: spec, KeyUsage: usage };
    const { KeyMetadata } = await kms.send(new CreateKeyCommand(made));
    await kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: KeyMetadata?.KeyId }));
  }
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
