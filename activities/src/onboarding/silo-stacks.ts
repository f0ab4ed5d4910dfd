import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  type Stack,
  UpdateTerminationProtectionCommand,
} from "@aws-sdk/client-cloudformation";
import { DomainError } from "@leasehold/domain/errors";
import { stackNameOf } from "@leasehold/domain/placement";
import { siloRoleOf, tenantTag } from "./resource-names.ts";

const templateUrl = new URL(import.meta.resolve("@leasehold/infra/stacks/tenant-silo.yaml"));
/** A creation that ended in one of these made nothing that lasts, and stands in the way of the next. */
const dead = ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"];
const pollMs = { first: 200, most: 5_000 };

export async function findStack(cloudFormation: CloudFormationClient, tenantId: string): Promise<Stack | undefined> {
  try {
    const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackNameOf(tenantId) }));
    return Stacks.find(({ StackStatus }) => StackStatus !== "DELETE_COMPLETE");
  } catch (error) {
    if (error instanceof Error && error.name === "ValidationError" && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

/** Asks for the tenant's stack; it may be asked for already. The name makes a repeated request the same: a creation after a deletion is another. */
export async function createStack(
  cloudFormation: CloudFormationClient,
  input: { tenantId: string; stackRoleArn: string | undefined; emulated: boolean },
): Promise<void> {
  const { tenantId, stackRoleArn, emulated } = input;
  const names = { TenantId: tenantId, ResourceName: stackNameOf(tenantId), RoleName: siloRoleOf(tenantId) };
  const parameters = { ...names, Emulated: String(emulated) };
  await cloudFormation
    .send(
      new CreateStackCommand({
        StackName: stackNameOf(tenantId),
        TemplateBody: await readFile(templateUrl, "utf8"),
        Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
        Capabilities: ["CAPABILITY_NAMED_IAM"],
        ClientRequestToken: `create-${randomUUID()}`,
        EnableTerminationProtection: true,
        ...(stackRoleArn === undefined ? {} : { RoleARN: stackRoleArn }),
        Tags: [{ Key: tenantTag, Value: tenantId }],
      }),
    )
    .catch((error: unknown) => {
      if (!(error instanceof Error && error.name === "AlreadyExistsException")) throw error;
    });
}

/** Polls until the stack is whole. Throws PRECONDITION_FAILED (`stack-failed`) when CloudFormation gave up. */
export async function awaitStack(cloudFormation: CloudFormationClient, tenantId: string, signal: AbortSignal): Promise<Stack> {
  for (let waitMs = pollMs.first; ; waitMs = Math.min(waitMs * 2, pollMs.most)) {
    const stack = await findStack(cloudFormation, tenantId);
    if (stack?.StackStatus === "CREATE_COMPLETE" || stack?.StackStatus === "UPDATE_COMPLETE") return stack;
    if (stack === undefined || isDead(stack)) {
      throw new DomainError("PRECONDITION_FAILED", "CloudFormation could not build the tenant's stack. Its events say why.", {
        reason: "stack-failed",
      });
    }
    await sleep(waitMs, undefined, { signal });
  }
}

export function isDead(stack: Stack): boolean {
  return dead.includes(stack.StackStatus ?? "");
}

/** Deletes the tenant's stack and waits until it is gone; it may be gone already. Throws when a resource holds it back. */
export async function deleteStack(cloudFormation: CloudFormationClient, tenantId: string, signal: AbortSignal): Promise<void> {
  const StackName = stackNameOf(tenantId);
  const found = await findStack(cloudFormation, tenantId);
  if (found === undefined) return;
  if (found.StackStatus !== "DELETE_IN_PROGRESS") {
    await cloudFormation.send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: false }));
    await cloudFormation.send(new DeleteStackCommand({ StackName }));
  }
  for (let waitMs = pollMs.first; ; waitMs = Math.min(waitMs * 2, pollMs.most)) {
    const stack = await findStack(cloudFormation, tenantId);
    if (stack === undefined) return;
    if (stack.StackStatus === "DELETE_FAILED") {
      throw new DomainError("UNAVAILABLE", "CloudFormation could not delete the tenant's stack. Its events say why.", {
        reason: "stack-kept",
      });
    }
    await sleep(waitMs, undefined, { signal });
  }
}

/** One output of the stack. Throws when the template does not have it. */
export function outputOf(stack: Stack, name: string): string {
  const value = stack.Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue;
  if (value === undefined) throw new Error(`the stack has no output ${name}`);
  return value;
}
