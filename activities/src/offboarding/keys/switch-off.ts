import { DescribeKeyCommand, DisableKeyCommand, type KMSClient } from "@aws-sdk/client-kms";

/** Idempotent by key ARN. Switches a key off at once: credentials and links that were given out before open nothing from then on. */
export async function switchOff(kms: KMSClient, keyArn: string): Promise<void> {
  const described = await kms.send(new DescribeKeyCommand({ KeyId: keyArn })).catch((error: unknown) => {
    if (error instanceof Error && error.name === "NotFoundException") return undefined;
    throw error;
  });
  if (described?.KeyMetadata?.KeyState === "Enabled") await kms.send(new DisableKeyCommand({ KeyId: keyArn }));
}
