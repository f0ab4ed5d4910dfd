import {
  DecryptCommand,
  DescribeKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  type KeyMetadata,
  type KMSClient,
  ListResourceTagsCommand,
} from "@aws-sdk/client-kms";
import type { TenantId } from "@leasehold/domain/ids";
import type { KeyProblem } from "@leasehold/domain/keys/custody";
import { trialContext } from "@leasehold/tenancy/keys/key-care";
import { closureOf } from "@leasehold/tenancy/keys/unreadable";
import { dataKeyContext } from "@leasehold/tenancy/keys/wrapped-key";
import { tenantTag } from "../onboarding/resource-names.ts";
import { placementOf } from "../onboarding/step-place.ts";
import type { StepContext } from "../operations/run-step.ts";
import type { KeyDependencies } from "./dependencies.ts";
import { poolTag } from "./epoch-keys.ts";
import { giveGrant } from "./grants.ts";
import { callKeyCare } from "./key-care-client.ts";

/** Tags of keys that Leasehold makes. */
const ours = [tenantTag, poolTag];
const inPolicy = "Add the statement from the settings page to the key's policy.";

/** Everything that a customer's key lacks, each by its name. Throws when KMS does not answer. */
export async function inspectKey(needs: KeyDependencies, context: StepContext, keyArn: string): Promise<KeyProblem[]> {
  const { tenantId, operationId, catalog } = context;
  const { roleArn, region } = placementOf(catalog);
  // Whoever knows another workspace's key, or an epoch's, names it here. Its policy refuses this one too; nothing is even tried on it.
  const tags = await permitted(needs.kms.send(new ListResourceTagsCommand({ KeyId: keyArn })));
  if (tags !== "refused" && tags.Tags?.some(({ TagKey = "" }) => ours.includes(TagKey)))
    return [{ subject: "owner", remedy: "Use a key of your own account; Leasehold made this one for a workspace." }];
  const described = await permitted(needs.kms.send(new DescribeKeyCommand({ KeyId: keyArn })));
  const metadata = described === "refused" ? undefined : described.KeyMetadata;
  const unfit = metadata === undefined ? [] : whatIsUnfit(metadata, region);
  // A key that cannot be used refuses everything: what its policy lacks would not show.
  if (unfit.length > 0) return unfit;
  const problems: KeyProblem[] = [];
  if (described === "refused") problems.push({ subject: "kms:DescribeKey", remedy: inPolicy });
  const EncryptionContext = trialContext(tenantId);
  const wrapping = new GenerateDataKeyWithoutPlaintextCommand({ KeyId: keyArn, KeySpec: "AES_256", EncryptionContext });
  const wrapped = await permitted(needs.kms.send(wrapping));
  if (wrapped === "refused") problems.push({ subject: "kms:GenerateDataKeyWithoutPlaintext", remedy: inPolicy });
  if (wrapped !== "refused" && !(await opensPayloadKeys(needs.kms, tenantId, keyArn)))
    problems.push({ subject: "kms:Decrypt (payloads)", remedy: inPolicy });
  const granted = await permitted(giveGrant(needs, { tenantId, operationId, keyArn, roleArn }));
  if (granted === "refused") problems.push({ subject: "kms:CreateGrant", remedy: inPolicy });
  const blob = wrapped === "refused" ? undefined : wrapped.CiphertextBlob;
  const ask = { keyArn, wrapped: blob === undefined ? undefined : Buffer.from(blob).toString("base64") };
  const { refused } = await callKeyCare(needs, { ...context, plan: catalog.plan }, (keys, options) => keys.tryKey.mutate(ask, options));
  const viaGrant = "The grant gives this: let Leasehold create it, and let no statement of the policy deny it.";
  return [...problems, ...refused.map((subject) => ({ subject, remedy: viaGrant }))];
}

/** Whether the worker opens what is wrapped for a tenant's runs, tried with a key that nothing is under. */
async function opensPayloadKeys(kms: KMSClient, tenantId: TenantId, KeyId: string): Promise<boolean> {
  const EncryptionContext = dataKeyContext({ tenantId, version: 0, keyArn: KeyId, purpose: "payload" });
  const made = await kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId, KeySpec: "AES_256", EncryptionContext }));
  const opened = await permitted(kms.send(new DecryptCommand({ KeyId, CiphertextBlob: made.CiphertextBlob, EncryptionContext })));
  if (opened === "refused") return false;
  opened.Plaintext?.fill(0);
  return true;
}

async function permitted<T>(call: Promise<T>): Promise<T | "refused"> {
  return call.catch((error: unknown) => {
    if (closureOf(error) === undefined) throw error;
    return "refused" as const;
  });
}

function whatIsUnfit(key: KeyMetadata, region: string): KeyProblem[] {
  const checks: [boolean, string, string][] = [
    [key.KeyState === "Enabled", "state", `The key is ${key.KeyState ?? "unknown"}: enable it.`],
    [key.KeySpec === "SYMMETRIC_DEFAULT", "key spec", "Use a symmetric key (SYMMETRIC_DEFAULT)."],
    [key.KeyUsage === "ENCRYPT_DECRYPT", "key usage", "Use a key for encrypting and decrypting (ENCRYPT_DECRYPT)."],
    [key.Arn?.split(":")[3] === region, "region", `Use a key in ${region}.`],
    [key.KeyManager === "CUSTOMER", "key manager", "Use a key of your own; keys that AWS manages have no policy to change."],
  ];
  return checks.filter(([holds]) => !holds).map(([, subject, remedy]) => ({ subject, remedy }));
}
