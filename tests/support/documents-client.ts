import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import type { AppRouter } from "@leasehold/application/router";
import { newId, type TenantId } from "@leasehold/domain/ids";
import { objectPrefixOf } from "@leasehold/domain/placement";
import type { PlanId } from "@leasehold/domain/plans";
import type { Role } from "@leasehold/domain/roles";
import { appUrl } from "@leasehold/infra/local/stack-env";
import { createTRPCClient, httpLink } from "@trpc/client";
import superjson from "superjson";
import type { World } from "./world.ts";

export type DocumentsClient = ReturnType<typeof documentsOf>;

/** The product as one owner of a workspace uses it, with a token for each request. What is refused throws `code reason`. */
export function documentsOf(
  world: World,
  person: { tenantId: TenantId; userId: string; plan: PlanId; roles?: Role[] },
  url = appUrl(world.stack, "application"),
) {
  const authorization = async () => `Bearer ${await world.tokenFor(person)}`;
  const headers = async () => ({ authorization: await authorization() });
  const clientWith = (more: Record<string, string>) =>
    createTRPCClient<AppRouter>({
      links: [httpLink({ url: `${url}/trpc`, transformer: superjson, headers: async () => ({ ...(await headers()), ...more }) })],
    });
  const { documents, erasure, apiKeys } = clientWith({});
  const fetched = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${url}/documents${path}`, { ...init, headers: { ...(await headers()), "content-type": "text/plain" } });
    if (answer.ok) return answer;
    const { error } = (await answer.json()) as { error: { code: string; reason: string } };
    throw new Error(`${error.code} ${error.reason}`);
  };
  return {
    async store(name: string, body: Buffer): Promise<string> {
      const documentId = newId("document");
      await fetched(`/body?${new URLSearchParams({ name, documentId })}`, { method: "PUT", body: new Uint8Array(body) });
      return documentId;
    },
    read: async (documentId: string) => Buffer.from(await (await fetched(`/${documentId}/body`)).arrayBuffer()),
    rename: (documentId: string, name: string) => documents.rename.mutate({ documentId, name }),
    /** Under one idempotency key. */
    renameOnce: (key: string, documentId: string, name: string) =>
      clientWith({ "idempotency-key": key }).documents.rename.mutate({ documentId, name }),
    createFolder: async (name: string) => (await documents.createFolder.mutate({ name })).folderId,
    renameFolder: (folderId: string, name: string) => documents.renameFolder.mutate({ folderId, name }),
    createKey: (name: string) => apiKeys.create.mutate({ name, scopes: ["documents:read"] }),
    folders: async () => (await documents.list.query({})).folders,
    /** What a person made here, as whoever may see it is told. */
    authored: (userId: string) => erasure.authored.query({ userId }),
    list: async () => (await documents.list.query({})).documents,
    search: async (search: string) => (await documents.list.query({ search })).documents,
    /** Objects below the tenant's prefix that hold documents, as S3 has them. */
    async objectCount(): Promise<number> {
      const s3 = new S3Client(world.aws("root"));
      const Prefix = `${objectPrefixOf(person.tenantId)}documents/`;
      const { KeyCount = 0 } = await s3.send(new ListObjectsV2Command({ Bucket: world.stack.aws.poolBucket, Prefix }));
      return KeyCount;
    },
  };
}
