import { idSchema } from "@leasehold/tenancy/rest/id-schema";
import { z } from "zod";
import type { DocumentView, FolderView } from "./document-cells.ts";
import type { DocumentList } from "./list-page.ts";

export const documentId = idSchema("document", "a document");
export const folderId = idSchema("folder", "a folder");

/** Shared with everything that has a name. */
export const nameLost = z.boolean().describe("The key that the name was encrypted with is lost, and `name` stands in for it.");

export const documentView = z.object({
  documentId,
  folderId: folderId.nullable(),
  name: z.string(),
  nameLost,
  contentType: z.string(),
  preview: z.enum(["text", "image"]).nullable(),
  sizeBytes: z.number().int().min(0),
  createdBy: z.string(),
  createdAt: z.date(),
  updatedAt: z.date(),
  version: z.number().int(),
}) satisfies z.ZodType<DocumentView>;

export const folderView = z.object({ folderId, name: z.string(), nameLost }) satisfies z.ZodType<FolderView>;

export const versionedFolder = folderView.extend({ version: z.number().int() });

export const documentList = z.object({
  path: z.array(folderView),
  folders: z.array(folderView),
  documents: z.array(documentView),
  nextCursor: z.string().nullable().describe("For the next page; null when this is the last."),
}) satisfies z.ZodType<DocumentList>;

/** A change that has nothing to say. */
export const nothing = z.undefined();
