/** Who the KMS key belongs to that wraps a tenant's data keys. */
export type KeyCustody = "platform" | "customer";

/** Why a customer's key does not open anything, as a word of ours. */
export const keyClosures = ["key-disabled", "key-deletion-pending", "key-missing", "key-access-denied"] as const;
export type KeyClosure = (typeof keyClosures)[number];

export const keyClosureLabels: Record<KeyClosure, string> = {
  "key-disabled": "the key is disabled",
  "key-deletion-pending": "the key is waiting for its deletion",
  "key-missing": "the key does not exist any more",
  "key-access-denied": "the key's policy or grant no longer lets this workspace use it",
};

/** What the switch in the customer's hand is called in errors: `DomainError.reason`. */
export const customerKeyClosed = "customer-key-disabled";

/** What reading under a version of the data key that is gone is called in errors: `DomainError.reason`. */
export const keyLostReason = "key-lost";

/** What one permission of a customer's key lacks. */
export interface KeyProblem {
  /** `kms:Decrypt`, or what is wrong with the key itself. */
  subject: string;
  remedy: string;
}

/** The last trial of a customer's key. */
export interface KeyTrial {
  keyArn: string;
  /** ISO 8601. */
  at: string;
  problems: KeyProblem[];
}

/** Wrapped data keys of a tenant that did not open when their epoch turned. They stay as they are, and so does the epoch. */
export interface UnreadableKeys {
  pool: string;
  epoch: number;
  versions: number[];
  /** ISO 8601: when they were noticed. */
  since: string;
}

/** What a tenant's keys are for. `data`: names and contents. `index`: what names are found by. `payload`: what Temporal keeps of its runs. */
export const keyPurposes = ["data", "index", "payload"] as const;
export type KeyPurpose = (typeof keyPurposes)[number];

/** A wrapped key that did not open and was given up: what was under it stays closed. */
export interface LostKey {
  purpose: KeyPurpose;
  version: number;
  /** The epoch that it was under. */
  epoch: number;
  /** ISO 8601: when it was destroyed. */
  lostAt: string;
}

/** What a tenant is without by each purpose of a lost key. */
export const lostKeyLabels: Record<LostKey["purpose"], string> = {
  data: "names and contents that were encrypted under this version of the data key cannot be read any more",
  index: "names from before are not found by it any more; once the data key has been rotated they are found by the new one",
  payload: "what was recorded of runs in the background cannot be read any more",
};

const arnPattern =
  /^arn:(aws|aws-cn|aws-us-gov):kms:([a-z0-9-]+):(\d{12}):key\/(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** What is wrong with the text of a key's ARN, or undefined. An alias is refused: it can be turned to another key. */
export function keyArnProblem(arn: string, region: string): string | undefined {
  const found = arnPattern.exec(arn);
  if (found === null) return "Enter the ARN of a key, as in arn:aws:kms:eu-central-1:111122223333:key/…; an alias is not enough.";
  if (found[2] !== region) return `The key must be in ${region}, where the workspace's data is.`;
  return undefined;
}

/** The account and partition of an ARN. */
export function ownerOf(arn: string): { partition: string; account: string } {
  const [, partition = "aws", , , account = ""] = arn.split(":");
  return { partition, account };
}

export function grantNameOf(tenantId: string): string {
  return `leasehold-${tenantId}`;
}

/** What a tenant's role does with a customer's key. */
export const grantedOperations = ["Decrypt", "Encrypt"] as const;

export interface KeyPolicyStatement {
  Sid: string;
  Effect: "Allow";
  Principal: { AWS: string };
  Action: string;
  Resource: "*";
  Condition?: Record<string, Record<string, string | string[]>>;
}

/**
 * The statements that a customer adds to the key's policy: Leasehold's account looks at the key, wraps new data keys for this
 * tenant's context, opens the key of what Temporal keeps of this tenant's runs and no other, and gives this tenant's role a grant that is bound to the same context; nothing else.
 */
export function customerKeyPolicy(tenantId: string, roleArn: string): KeyPolicyStatement[] {
  const { partition, account } = ownerOf(roleArn);
  const Principal = { AWS: `arn:${partition}:iam::${account}:root` };
  return [
    { Sid: "LeaseholdLooksAtTheKey", Effect: "Allow", Principal, Action: "kms:DescribeKey", Resource: "*" },
    {
      Sid: "LeaseholdWrapsForThisWorkspace",
      Effect: "Allow",
      Principal,
      Action: "kms:GenerateDataKeyWithoutPlaintext",
      Resource: "*",
      Condition: { StringEquals: { "kms:EncryptionContext:tenant": tenantId } },
    },
    {
      Sid: "LeaseholdOpensThisWorkspacesRuns",
      Effect: "Allow",
      Principal,
      Action: "kms:Decrypt",
      Resource: "*",
      Condition: { StringEquals: { "kms:EncryptionContext:tenant": tenantId, "kms:EncryptionContext:purpose": "payload" } },
    },
    {
      Sid: "LeaseholdGrantsThisWorkspacesRole",
      Effect: "Allow",
      Principal,
      Action: "kms:CreateGrant",
      Resource: "*",
      Condition: {
        StringEquals: {
          "kms:GranteePrincipal": roleArn,
          "kms:GrantConstraintType": "EncryptionContextSubset",
          "kms:EncryptionContext:tenant": tenantId,
        },
        "ForAllValues:StringEquals": { "kms:GrantOperations": [...grantedOperations] },
      },
    },
  ];
}
