import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  type IAMClient,
  ListAccessKeysCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { type Principal, widenForEmulator } from "../aws-policies.ts";
import type { AccessKey } from "./secrets.ts";

/** Makes a user or a role of the deployed template in the emulator, or brings its policies up to date. */
export async function ensurePrincipal(iam: IAMClient, { kind, name, trust, policies }: Principal): Promise<void> {
  if (kind === "user") await unlessThere(iam.send(new CreateUserCommand({ UserName: name })));
  else {
    const document = JSON.stringify(trust);
    await unlessThere(iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: document })));
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: name, PolicyDocument: document }));
  }
  for (const { PolicyName, PolicyDocument } of policies) {
    const policy = { PolicyName, PolicyDocument: JSON.stringify(widenForEmulator(PolicyDocument)) };
    await (kind === "user"
      ? iam.send(new PutUserPolicyCommand({ UserName: name, ...policy }))
      : iam.send(new PutRolePolicyCommand({ RoleName: name, ...policy })));
  }
}

/** The user's access key: the known one while it is still good, otherwise a new one in place of all others. */
export async function ensureAccessKey(iam: IAMClient, UserName: string, known: AccessKey | undefined): Promise<AccessKey> {
  const { AccessKeyMetadata: keys = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
  if (known !== undefined && keys.some((key) => key.AccessKeyId === known.accessKeyId)) return known;
  for (const { AccessKeyId } of keys) await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  const { AccessKey: created } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  if (created?.AccessKeyId === undefined || created.SecretAccessKey === undefined)
    throw new Error(`no access key came back for ${UserName}`);
  return { accessKeyId: created.AccessKeyId, secretAccessKey: created.SecretAccessKey };
}

/** Runs a creation; that the thing is there already is no error. */
export async function unlessThere<T>(creation: Promise<T>): Promise<T | undefined> {
  try {
    return await creation;
  } catch (error) {
    if (error instanceof Error && /AlreadyExists|AlreadyOwnedByYou/.test(error.name)) return undefined;
    throw error;
  }
}
