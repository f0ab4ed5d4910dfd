import type { ErasureChoice } from "@leasehold/domain/offboarding/erasure";
import { formatBytes, formatCount } from "@leasehold/ui/lib/format";
import type { inferRouterOutputs } from "@trpc/server";
import type { PortalRouter } from "../../../../server/routers/root.ts";

export type Found = inferRouterOutputs<PortalRouter>["erasure"]["preview"];

/** What goes and what stays, line by line; with numbers as soon as they are known. */
export function consequencesOf(found: Found | undefined, whose: "their" | "your", documents: ErasureChoice): string[] {
  const [they, them] = whose === "your" ? ["you", "you"] : ["they", "them"];
  return [
    accessLine(found, them),
    documentsLine(found, they, documents),
    `What the audit log says about ${them} is taken out; its chain stays verifiable.`,
    `${whose === "your" ? "Your" : "Their"} account goes too, unless ${they} use it in another workspace.`,
    "Backups of the databases keep copies until they expire. The certificate says until when.",
  ];
}

function accessLine(found: Found | undefined, them: string): string {
  if (found === undefined) return `Membership, invitations to and by ${them}, and API keys end at once.`;
  const { role, invitations, made } = found;
  const ends = [
    ...(role === undefined ? [] : ["membership"]),
    ...(invitations === 0 ? [] : [`${formatCount(invitations, "invitation")} to or by ${them}`]),
    ...(made === null ? ["API keys"] : made.apiKeys === 0 ? [] : [formatCount(made.apiKeys, "API key")]),
  ];
  if (ends.length === 0) return `There is no invitation to or by ${them}, and no API key.`;
  const words = ends.join(", ").replace(/, ([^,]*)$/, " and $1");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} end at once.`;
}

function documentsLine(found: Found | undefined, they: string, choice: ErasureChoice): string {
  const became = choice === "delete" ? "deleted with every version" : "kept, without a name";
  if (found === undefined) return `The documents that ${they} made are ${became}.`;
  if (found.made === null) return `The documents that ${they} made are ${became}. They cannot be counted right now.`;
  const { documents, documentBytes, folders } = found.made;
  const folderWords = folders === 0 ? "" : `; ${formatCount(folders, "folder")} kept, without a name`;
  if (documents === 0) return `There is no document that ${they} made${folderWords}.`;
  return `${formatCount(documents, "document")} of ${formatBytes(documentBytes)} that ${they} made: ${became}${folderWords}.`;
}
