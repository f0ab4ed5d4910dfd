import type { apiKeyScopes } from "@leasehold/domain/roles";

/** What a key may do, in the reader's words. */
export const scopeWords: Record<(typeof apiKeyScopes)[number], { label: string; description: string }> = {
  "documents:read": { label: "Read documents", description: "Lists, searches and downloads, and reads usage." },
  "documents:write": { label: "Write documents", description: "Uploads, renames and deletes documents and folders." },
};
