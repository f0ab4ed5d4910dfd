import { DeleteUserPolicyCommand, IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import type { World } from "./world.ts";

const UserName = "leasehold-worker";
const PolicyName = "denied-by-a-test";

/** Takes an action away from the worker's user, for good as far as the worker can tell. On a world with servers of its own only. */
export async function denyWorker(world: World, action: string): Promise<() => Promise<void>> {
  const iam = new IAMClient(world.aws("root"));
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Deny", Action: action, Resource: "*" }] });
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument }));
  return async () => {
    await iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName }));
  };
}
