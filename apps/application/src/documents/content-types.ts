/** How a browser may show a body inside a page; null is for download alone. */
export type Preview = "text" | "image" | null;

/** Bytes, for download alone. */
export const unknownType = "application/octet-stream";
const textTypes = new Set(["text/plain", "text/markdown", "text/csv", "application/json"]);
/** Raster images only: SVG and HTML can hold scripts. */
const imageTypes = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

/** The claimed type without parameters, or the unknown type. What pages show is compared with its bytes besides. */
export function readContentType(header: string | undefined): string {
  const type = header?.split(";")[0]?.trim().toLowerCase() ?? "";
  return type.length <= 100 && /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/.test(type) ? type : unknownType;
}

export function previewOf(contentType: string): Preview {
  if (textTypes.has(contentType)) return "text";
  return imageTypes.has(contentType) ? "image" : null;
}

/** The type that a body is served as: never one that a browser runs. */
export function servedType(contentType: string): string {
  const preview = previewOf(contentType);
  if (preview === "text") return "text/plain; charset=utf-8";
  return preview === "image" ? contentType : unknownType;
}

/** RFC 6266, with the name in both forms. */
export function contentDisposition(kind: "attachment" | "inline", name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]/g, "_").replace(/["\\%]/g, "_");
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
