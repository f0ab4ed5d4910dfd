/** What the address of the documents page says: the folder that is open and the name that is looked for. */
export interface DocumentsView {
  folder: string | undefined;
  search: string;
}

export function readDocumentsView(params: { get(name: string): string | null }): DocumentsView {
  return { folder: params.get("folder") || undefined, search: params.get("q") ?? "" };
}

export function documentsHref(slug: string, view: Partial<DocumentsView>): string {
  const params = new URLSearchParams();
  if (view.folder) params.set("folder", view.folder);
  if (view.search) params.set("q", view.search);
  return `/w/${slug}/documents${params.size > 0 ? `?${params}` : ""}`;
}
