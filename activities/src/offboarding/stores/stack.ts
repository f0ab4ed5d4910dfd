import { type CloudFormationClient, DescribeStackEventsCommand } from "@aws-sdk/client-cloudformation";
import { DomainError, isDomainError } from "@leasehold/domain/errors";
import { stackNameOf } from "@leasehold/domain/placement";
import { needsStack, plans } from "@leasehold/domain/plans";
import { emptyBucket } from "../../onboarding/empty-prefix.ts";
import { deleteStack, findStack } from "../../onboarding/silo-stacks.ts";
import { abortable } from "../../operations/abortable.ts";
import type { ShreddingDependencies } from "../shredding-dependencies.ts";
import type { Store } from "./store.ts";

/** The tenant's own stack: its bucket is emptied first, its key stays behind and waits for its deletion. */
export function stack({ cloudFormation, s3 }: ShreddingDependencies): Store {
  return {
    how: "DescribeStacks of the tenant's own stack by its name",
    async count({ tenantId, plan, signal }) {
      if (!needsStack(plans[plan].placement)) return 0;
      return (await findStack(abortable(cloudFormation, signal), tenantId)) === undefined ? 0 : 1;
    },
    async erase({ tenantId, plan, signal }) {
      if (!needsStack(plans[plan].placement)) return;
      const formation = abortable(cloudFormation, signal);
      if ((await findStack(formation, tenantId)) === undefined) return;
      await emptyBucket(abortable(s3, signal), stackNameOf(tenantId));
      await deleteStack(formation, tenantId, signal).catch(async (error: unknown) => {
        if (!isDomainError(error) || error.reason !== "stack-kept") throw error;
        throw kept(await whyKept(formation, tenantId));
      });
    },
  };
}

/** The last words of CloudFormation about what it could not delete. */
async function whyKept(formation: CloudFormationClient, tenantId: string): Promise<string> {
  const { StackEvents = [] } = await formation.send(new DescribeStackEventsCommand({ StackName: stackNameOf(tenantId) }));
  const failed = StackEvents.find(({ ResourceStatus, ResourceStatusReason }) => ResourceStatus === "DELETE_FAILED" && ResourceStatusReason);
  if (failed === undefined) return "its events do not say why";
  return `${failed.LogicalResourceId}: ${failed.ResourceStatusReason}`.slice(0, 300);
}

function kept(why: string): DomainError {
  const message = `CloudFormation could not delete the tenant's stack (${why}). Put that right, then retry this step.`;
  return new DomainError("PRECONDITION_FAILED", message, { reason: "stack-kept" });
}
