import { newId } from "@leasehold/domain/ids";
import type { Role } from "@leasehold/domain/roles";
import type { Caller } from "./case.ts";
import { type MatrixWorld, makeInvitation, type Person } from "./matrix-world.ts";

/** What requests use up, made in our tenant before they are counted. */
export async function freshDocument({ application, ours }: MatrixWorld): Promise<{ documentId: string }> {
  const documentId = newId("document");
  const client = await application.as(ours, "member");
  const stored = await client.put({ name: `${documentId}.txt`, documentId }, "to be used up");
  if (!stored.ok) throw new Error(`no document was stored: ${await stored.text()}`);
  return { documentId };
}

export async function freshFolder({ application, ours }: MatrixWorld): Promise<{ folderId: string }> {
  const client = await application.as(ours, "member");
  const { folderId } = await client.trpc.documents.createFolder.mutate({ name: newId("folder") });
  return { folderId };
}

export async function freshMember({ rows, ours }: MatrixWorld): Promise<{ userId: string }> {
  const userId = newId("user");
  await rows("insert into control.members (tenant_id, user_id, role) values ($1, $2, 'member')", [ours.tenantId, userId]);
  return { userId };
}

export async function freshInvitation(world: MatrixWorld): Promise<{ invitationId: string }> {
  return makeInvitation(world, world.ours.tenantId);
}

/** Somebody who joins our tenant in a role, to leave it. */
export async function freshPerson({ portal, ours }: MatrixWorld, role: Role): Promise<{ caller: Caller; userId: string }> {
  const person = await portal.member(role, ours);
  return { caller: { name: role, cookie: person.call.cookie() }, userId: person.userId };
}

export async function freshKey({ application, ours }: MatrixWorld): Promise<{ keyId: string; key: string | null }> {
  const client = await application.as(ours, "owner");
  return client.trpc.apiKeys.create.mutate({ name: newId("event"), scopes: ["documents:read"] });
}

/** One more session of a person, as another browser has it. */
export async function freshSession({ portal, rows }: MatrixWorld, person: Person): Promise<{ cookie: string; sessionId: string }> {
  const { headers } = await portal.portal.auth.api.startSession({
    body: { userId: person.userId },
    headers: new Headers(),
    returnHeaders: true,
  });
  const cookie = headers
    .getSetCookie()
    .map((each) => each.split(";")[0])
    .join("; ");
  const [session] = await rows<{ id: string }>("select id from identity.sessions where user_id = $1 order by created_at desc limit 1", [
    person.userId,
  ]);
  return { cookie, sessionId: session?.id ?? "" };
}
