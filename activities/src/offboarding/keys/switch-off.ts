import { DisableKeyCommand, type KMSClient } from "@aws-sdk/client-kms";
import { describeKey } from "../../onboarding/tenant-keys.ts";

/** Idempotent by key ARN. Switches a key off at once: credentials and links that were given out before open nothing from then on. */
export async function switchOff(kms: KMSClient, keyArn: string): Promise<void> {
  if ((await describeKey(kms, keyArn))?.usable) await kms.send(new DisableKeyCommand({ KeyId: keyArn }));
}
