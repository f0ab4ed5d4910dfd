"use client";

import { newId } from "@leasehold/domain/ids";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useTRPC } from "../../../../trpc/client.tsx";
import { bodyHref } from "./entry.ts";

/** Where files go. */
export interface UploadFolder {
  folderId: string | undefined;
  name: string;
}

export interface Upload {
  documentId: string;
  file: File;
  folder: UploadFolder;
  sentBytes: number;
  state: "sending" | "stored" | "failed";
  error: string | undefined;
  request: XMLHttpRequest | undefined;
}

export interface Uploads {
  items: readonly Upload[];
  /** The one that is open: what is added goes there. */
  folder: UploadFolder;
  add: (files: Iterable<File>) => void;
  retry: (documentId: string) => void;
  cancel: (documentId: string) => void;
  clear: () => void;
}

/** Uploads of this page. A document's id is made here and kept over retries, so that none is stored twice. */
export function useUploads(slug: string, folder: UploadFolder): Uploads {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [items, setItems] = useState<readonly Upload[]>([]);

  const change = useCallback((documentId: string, to: Partial<Upload>) => {
    setItems((known) => known.map((item) => (item.documentId === documentId ? { ...item, ...to } : item)));
  }, []);

  const send = useCallback(
    (upload: Upload): XMLHttpRequest => {
      const { documentId, file, folder } = upload;
      const request = new XMLHttpRequest();
      const query = new URLSearchParams({ name: file.name, ...(folder.folderId ? { folderId: folder.folderId } : {}) });
      request.open("PUT", `${bodyHref(slug, documentId)}?${query}`);
      request.setRequestHeader("content-type", file.type || "application/octet-stream");
      request.upload.onprogress = (event) => change(documentId, { sentBytes: event.loaded });
      request.onload = () => {
        if (request.status >= 200 && request.status < 300) {
          change(documentId, { state: "stored", sentBytes: file.size });
          void queries.invalidateQueries(trpc.documents.list.pathFilter());
          void queries.invalidateQueries(trpc.workspace.usage.queryFilter({ slug }));
        } else change(documentId, { state: "failed", error: refusalOf(request.responseText) });
      };
      request.onerror = () => change(documentId, { state: "failed", error: "The connection broke off. Nothing was stored; try again." });
      request.send(file);
      return request;
    },
    [slug, change, queries, trpc],
  );

  const add = (files: Iterable<File>) => {
    const added = [...files].map((file): Upload => {
      const upload: Upload = {
        documentId: newId("document"),
        file,
        folder,
        sentBytes: 0,
        state: "sending",
        error: undefined,
        request: undefined,
      };
      return { ...upload, request: send(upload) };
    });
    setItems((known) => [...known.filter((item) => item.state !== "stored"), ...added]);
  };
  const find = (documentId: string) => items.find((item) => item.documentId === documentId);
  return {
    items,
    folder,
    add,
    retry: (documentId) => {
      const item = find(documentId);
      if (item) change(documentId, { state: "sending", sentBytes: 0, error: undefined, request: send(item) });
    },
    cancel: (documentId) => {
      find(documentId)?.request?.abort();
      setItems((known) => known.filter((item) => item.documentId !== documentId));
    },
    clear: () => setItems((known) => known.filter((item) => item.state === "sending")),
  };
}

function refusalOf(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error: { message: string } };
    return error.message;
  } catch {
    return "It could not be stored. Nothing was kept; try again.";
  }
}
