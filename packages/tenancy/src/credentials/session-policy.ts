import { poolOfKey } from "@leasehold/domain/keys/epochs";
import type { TenantScope } from "../context.ts";
import { partitionOf, tenantIndexPrefix } from "../dynamodb/item-keys.ts";

interface Statement {
  Sid: string;
  Effect: "Allow";
  Action: string[];
  Resource: string[];
  Condition?: Record<string, Record<string, string[]>>;
}

export interface PolicyDocument {
  Version: "2012-10-17";
  Statement: Statement[];
}

/** The inline session policy has 2,048 characters at most (STS AssumeRole, `Policy`). */
export const sessionPolicyLimit = 2048;

/**
 * What the tenant's credentials may do at most, in literal ARNs: its prefix of its bucket, its key where it has one and, where the
 * product has a `table`, its items of it; or, in a session of its own, the key of its epoch. The role's own policy, by session tag,
 * grants no more either; each of the two refuses another tenant without the other.
 */
export function sessionPolicyOf(scope: Pick<TenantScope, "tenantId" | "placement" | "branchKeyArn">, table?: string): PolicyDocument {
  const { tenantId, placement, branchKeyArn } = scope;
  if (branchKeyArn !== undefined) return { Version: "2012-10-17", Statement: [keyStatement("Branch", ["kms:Decrypt"], branchKeyArn)] };
  const partition = placement.roleArn.split(":")[1] ?? "aws";
  const ownKey = poolOfKey(placement.keyArn) === undefined;
  const bucket = `arn:${partition}:s3:::${literal(placement.bucket)}`;
  const prefix = literal(placement.objectPrefix);
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Objects",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
        Resource: [`${bucket}/${prefix}*`],
      },
      {
        Sid: "List",
        Effect: "Allow",
        Action: ["s3:ListBucket"],
        Resource: [bucket],
        Condition: { StringLike: { "s3:prefix": [`${prefix}*`] } },
      },
      ...(ownKey ? [keyStatement("Key", ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"], placement.keyArn)] : []),
      ...(table === undefined ? [] : itemStatements(tableArn(placement, table), partitionOf(tenantId))),
    ],
  };
}

function keyStatement(Sid: string, Action: string[], keyArn: string): Statement {
  return { Sid, Effect: "Allow", Action, Resource: [literal(keyArn)] };
}

/** ForAllValues holds for a request that names no key, such as a Scan: the Null guard refuses it. */
function itemStatements(arn: string, partition: string): Statement[] {
  const ownItems = { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [partition] }, Null: { "dynamodb:LeadingKeys": ["false"] } };
  return [
    {
      Sid: "Items",
      Effect: "Allow",
      Action: ["Get", "BatchGet", "Put", "Update", "Delete", "ConditionCheck"]
        .map((verb) => `dynamodb:${verb}Item`)
        .concat("dynamodb:BatchWriteItem", "dynamodb:Query"),
      Resource: [arn],
      Condition: {
        ...ownItems,
        StringEqualsIfExists: {
          "dynamodb:Select": ["ALL_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "COUNT"],
          "dynamodb:ReturnValues": ["NONE", "UPDATED_NEW"],
        },
      },
    },
    {
      Sid: "Indexes",
      Effect: "Allow",
      Action: ["dynamodb:Query"],
      Resource: [`${arn}/index/${tenantIndexPrefix}*`],
      Condition: {
        ...ownItems,
        StringEqualsIfExists: { "dynamodb:Select": ["ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "COUNT"] },
      },
    },
  ];
}

function tableArn({ region, roleArn }: TenantScope["placement"], table: string): string {
  const [, partition = "aws", , , account = ""] = roleArn.split(":");
  return literal(`arn:${partition}:dynamodb:${region}:${account}:table/${table}`);
}

/** Wildcards and policy variables never come from a placement: a name that holds one is refused, not escaped. */
function literal(value: string): string {
  if (value === "" || /[*?$"\s]/.test(value)) throw new Error("A placement holds a name that a policy would read as a pattern.");
  return value;
}
