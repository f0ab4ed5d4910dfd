import { findDocument } from "@leasehold/db/application/documents/find-document";
import { renameDocument } from "@leasehold/db/application/documents/rename-document";
import { createFolder } from "@leasehold/db/application/folders/create-folder";
import { deleteFolder } from "@leasehold/db/application/folders/delete-folder";
import { type FolderRow, findFolder } from "@leasehold/db/application/folders/find-folder";
import { renameFolder } from "@leasehold/db/application/folders/rename-folder";
import { requireDocumentVersion, requireFolderVersion } from "@leasehold/db/application/require-version";
import { newId } from "@leasehold/domain/ids";
import { z } from "zod";
import { router, tenantChange, tenantProcedure } from "../trpc/init.ts";
import { openDocument, openFolder, sealDocument, sealFolderName } from "./document-cells.ts";
import { nameSchema } from "./document-name.ts";
import { listFolderPage, searchPage } from "./list-page.ts";
import { refuseTakenName } from "./refuse-taken-name.ts";
import { beginDeletion, endDeletion } from "./remove-body.ts";
import { documentId, documentList, documentView, folderId, nothing, versionedFolder } from "./schemas.ts";

const listInput = z.object({
  folderId: folderId.nullish(),
  cursor: documentId.nullish().describe("`nextCursor` of the page before."),
  search: z.string().trim().max(200).optional().describe("Documents of every folder whose name holds this text."),
});

const documents = "Documents";
const folders = "Folders";
const versioned = true;
const tagOf = ({ folderId, version }: FolderRow) => ({ folderId, version });

export const documentsRouter = router({
  list: tenantProcedure("documents:read", { method: "GET", path: "/documents", summary: "List a folder, or search", tag: documents })
    .input(listInput)
    .output(documentList)
    .query(({ ctx: { kit, app }, input }) => {
      const cursor = input.cursor ?? undefined;
      if (input.search) return searchPage(kit, app, { search: input.search, cursor });
      return listFolderPage(kit, app, { folderId: input.folderId ?? null, cursor });
    }),

  get: tenantProcedure("documents:read", {
    method: "GET",
    path: "/documents/{documentId}",
    summary: "Read a document",
    tag: documents,
    versioned,
  })
    .input(z.object({ documentId }))
    .output(documentView)
    .query(async ({ ctx: { kit, app }, input }) => {
      const row = await kit.data.query(app, "read", (tx) => findDocument(tx, app.tenantId, input.documentId));
      return openDocument(kit.keys, app, row);
    }),

  rename: tenantChange("documents:write", {
    method: "PATCH",
    path: "/documents/{documentId}",
    summary: "Rename a document",
    tag: documents,
    versioned,
  })
    .input(z.object({ documentId, name: nameSchema }))
    .output(documentView)
    .mutation(async ({ ctx: { kit, app, once, versions }, input }) => {
      const name = await sealDocument(kit.keys, app, input.documentId, { name: input.name, contentType: "" });
      const renamed = once(input, async (tx) => {
        await requireDocumentVersion(tx, app.tenantId, input.documentId, versions);
        // Opened before it is kept: under a key that is destroyed by then, a repetition could not open it.
        return openDocument(kit.keys, app, await renameDocument(tx, app, input.documentId, name));
      });
      return refuseTakenName(renamed);
    }),

  delete: tenantChange("documents:write", {
    method: "DELETE",
    path: "/documents/{documentId}",
    summary: "Delete a document",
    tag: documents,
    versioned,
    status: 204,
  })
    .input(z.object({ documentId }))
    .output(nothing)
    .mutation(async ({ ctx: { kit, app, once, versions }, input }) => {
      const begun = once(input, async (tx) => {
        await requireDocumentVersion(tx, app.tenantId, input.documentId, versions);
        return beginDeletion(tx, app, input.documentId);
      });
      await endDeletion(kit, app, await begun);
    }),

  createFolder: tenantChange("documents:write", { method: "POST", path: "/folders", summary: "Create a folder", tag: folders, status: 201 })
    .input(
      z.object({
        name: nameSchema,
        parentId: folderId.nullish(),
        folderId: folderId.optional().describe("An id of your making: the same again is the same folder."),
      }),
    )
    .output(versionedFolder)
    .mutation(async ({ ctx: { kit, app, once }, input }) => {
      const id = input.folderId ?? newId("folder");
      const name = await sealFolderName(kit.keys, app, id, input.name);
      const folder = { folderId: id, parentId: input.parentId ?? null, ...name };
      const created = await once(input, async (tx) => tagOf(await createFolder(tx, app, folder)));
      return { ...created, name: input.name, nameLost: false };
    }),

  getFolder: tenantProcedure("documents:read", {
    method: "GET",
    path: "/folders/{folderId}",
    summary: "Read a folder",
    tag: folders,
    versioned,
  })
    .input(z.object({ folderId }))
    .output(versionedFolder)
    .query(async ({ ctx: { kit, app }, input }) => {
      const row = await kit.data.query(app, "read", (tx) => findFolder(tx, app.tenantId, input.folderId));
      return { ...(await openFolder(kit.keys, app, row)), ...tagOf(row) };
    }),

  renameFolder: tenantChange("documents:write", {
    method: "PATCH",
    path: "/folders/{folderId}",
    summary: "Rename a folder",
    tag: folders,
    versioned,
  })
    .input(z.object({ folderId, name: nameSchema }))
    .output(versionedFolder)
    .mutation(async ({ ctx: { kit, app, once, versions }, input }) => {
      const name = await sealFolderName(kit.keys, app, input.folderId, input.name);
      const renamed = once(input, async (tx) => {
        await requireFolderVersion(tx, app.tenantId, input.folderId, versions);
        return tagOf(await renameFolder(tx, app, input.folderId, name));
      });
      return { ...(await refuseTakenName(renamed)), name: input.name, nameLost: false };
    }),

  deleteFolder: tenantChange("documents:write", {
    method: "DELETE",
    path: "/folders/{folderId}",
    summary: "Delete an empty folder",
    tag: folders,
    versioned,
    status: 204,
  })
    .input(z.object({ folderId }))
    .output(nothing)
    .mutation(async ({ ctx: { app, once, versions }, input }) => {
      await once(input, async (tx) => {
        await requireFolderVersion(tx, app.tenantId, input.folderId, versions);
        await deleteFolder(tx, app, input.folderId);
      });
    }),
});
