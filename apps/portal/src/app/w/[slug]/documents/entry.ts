import type { inferRouterOutputs } from "@trpc/server";
import type { PortalRouter } from "../../../../server/routers/root.ts";

type Listed = inferRouterOutputs<PortalRouter>["documents"]["list"];
export type DocumentEntry = Listed["documents"][number] & { kind: "document" };
export type FolderEntry = Listed["folders"][number] & { kind: "folder" };
export type Entry = DocumentEntry | FolderEntry;

/** An entry in a sentence, also one whose name cannot be read any more. */
export function mentionOf({ kind, name, nameLost }: Entry): string {
  return nameLost ? `the ${kind} whose name is lost` : name;
}

/** Where a document's body is: to download, to show, or to put. */
export function bodyHref(slug: string, documentId: string, disposition?: "inline"): string {
  return `/api/documents/${slug}/${documentId}${disposition ? `?disposition=${disposition}` : ""}`;
}
