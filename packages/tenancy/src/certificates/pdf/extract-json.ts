const begin = '{"document":{';
const end = "\nendstream";

export function isPdf(file: Uint8Array): boolean {
  return [0x25, 0x50, 0x44, 0x46, 0x2d].every((byte, index) => file[index] === byte);
}

/**
 * The certificate's JSON inside its PDF, where it lies as plain text. Undefined when there is none. No PDF is understood for this: it
 * has to be the one that the certificate gives, to the byte, whatever a reader of PDFs would make of it.
 */
export function extractJson(file: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const text = new TextDecoder("latin1").decode(file);
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  return from === -1 || to === -1 ? undefined : file.slice(from, to);
}
