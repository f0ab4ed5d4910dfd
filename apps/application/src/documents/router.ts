import { findDocument } from "@leasehold/db/application/documents/find-document";
import { renameDocument } from "@leasehold/db/application/documents/rename-document";
import { createFolder } from "@leasehold/db/application/folders/create-folder";
import { deleteFolder } from "@leasehold/db/application/folders/delete-folder";
import { renameFolder } from "@leasehold/db/application/folders/rename-folder";
import { isId, newId } from "@leasehold/domain/ids";
import { z } from "zod";
import { router, tenantProcedure } from "../trpc/init.ts";
import { openDocument, sealDocument, sealFolderName } from "./document-cells.ts";
import { nameSchema } from "./document-name.ts";
import { listFolderPage, searchPage } from "./list-page.ts";
import { refuseTakenName } from "./refuse-taken-name.ts";
import { deleteDocument } from "./remove-body.ts";

const documentId = z.string().refine((value) => isId("document", value), "It is not the id of a document.");
const folderId = z.string().refine((value) => isId("folder", value), "It is not the id of a folder.");

const listInput = z.object({
  folderId: folderId.nullish(),
  cursor: documentId.nullish(),
  search: z.string().trim().max(200).optional(),
});

export const documentsRouter = router({
  list: tenantProcedure("documents:read")
    .input(listInput)
    .query(({ ctx: { kit, app }, input }) => {
      const cursor = input.cursor ?? undefined;
      if (input.search) return searchPage(kit, app, { search: input.search, cursor });
      return listFolderPage(kit, app, { folderId: input.folderId ?? null, cursor });
    }),

  get: tenantProcedure("documents:read")
    .input(z.object({ documentId }))
    .query(async ({ ctx: { kit, app }, input }) => {
      const row = await kit.data.query(app, "read", (tx) => findDocument(tx, app.tenantId, input.documentId));
      return openDocument(kit.keys, app, row);
    }),

  rename: tenantProcedure("documents:write")
    .input(z.object({ documentId, name: nameSchema }))
    .mutation(async ({ ctx: { kit, app }, input }) => {
      const name = await sealDocument(kit.keys, app, input.documentId, { name: input.name, contentType: "" });
      const row = await refuseTakenName(kit.data.transaction(app, "write", (tx) => renameDocument(tx, app, input.documentId, name)));
      return openDocument(kit.keys, app, row);
    }),

  delete: tenantProcedure("documents:write")
    .input(z.object({ documentId }))
    .mutation(({ ctx: { kit, app }, input }) => deleteDocument(kit, app, input.documentId)),

  createFolder: tenantProcedure("documents:write")
    .input(z.object({ name: nameSchema, parentId: folderId.nullish() }))
    .mutation(async ({ ctx: { kit, app }, input }) => {
      const id = newId("folder");
      const name = await sealFolderName(kit.keys, app, id, input.name);
      const folder = { folderId: id, parentId: input.parentId ?? null, ...name };
      await kit.data.transaction(app, "write", (tx) => createFolder(tx, app, folder));
      return { folderId: id, name: input.name };
    }),

  renameFolder: tenantProcedure("documents:write")
    .input(z.object({ folderId, name: nameSchema }))
    .mutation(async ({ ctx: { kit, app }, input }) => {
      const name = await sealFolderName(kit.keys, app, input.folderId, input.name);
      await refuseTakenName(kit.data.transaction(app, "write", (tx) => renameFolder(tx, app, input.folderId, name)));
      return { folderId: input.folderId, name: input.name };
    }),

  deleteFolder: tenantProcedure("documents:write")
    .input(z.object({ folderId }))
    .mutation(({ ctx: { kit, app }, input }) => kit.data.transaction(app, "write", (tx) => deleteFolder(tx, app, input.folderId))),
});
