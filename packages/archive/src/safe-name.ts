/** Longest name of a file, in bytes of UTF-8: what every file system takes, with room for a suffix. */
const longestBytes = 200;
const refused = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff/\\:*?"<>|]/gu;
const reserved = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/**
 * A name that any file system takes as one file in its folder, whatever people called their document: no separators, controls, marks
 * of direction, devices or dots that lead elsewhere. The name as it was is in the document's line.
 */
export function safeFileName(name: string): string {
  const plain = name.toWellFormed().normalize("NFC").replace(refused, "_");
  const trimmed = plain.replace(/[. ]+$/u, "").replace(/^ +/u, "");
  const cut = cutToBytes(trimmed, longestBytes).replace(/[. ]+$/u, "");
  if (cut === "") return "_";
  return reserved.test(cut) ? `_${cut}` : cut;
}

/** Where a document's body is in the archive. The folder is the document's id, so that equal names never meet. */
export function bodyPath(documentId: string, name: string): string {
  return `documents/${documentId}/${safeFileName(name)}`;
}

/** Whether a path from an archive stays below the folder that it is unpacked into, on every system. */
export function isSafePath(path: string): boolean {
  if (path === "" || path.startsWith("/") || /^[a-z]:/i.test(path)) return false;
  return path.split("/").every((part) => part !== "" && safeFileName(part) === part);
}

/** Keeps the extension where there is one: it says how the file is opened. */
function cutToBytes(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const extension = /\.[^.\s]{1,12}$/u.exec(text)?.[0] ?? "";
  let kept = "";
  let length = Buffer.byteLength(extension);
  for (const character of text.slice(0, text.length - extension.length)) {
    length += Buffer.byteLength(character);
    if (length > bytes) break;
    kept += character;
  }
  return kept + extension;
}
