import { open, readdir } from "node:fs/promises";
import { join } from "node:path";

export interface Found {
  file: string;
  needle: string;
}

const chunkBytes = 4 * 1024 ** 2;

/**
 * Every file below a folder in which one of the texts is, byte for byte or in base64 at any offset. Files that go meanwhile are left out.
 * @returns what was found, and how many bytes were looked at
 */
export async function scanBytes(folder: string, needles: readonly string[]): Promise<{ found: Found[]; bytes: number }> {
  const patterns = needles.flatMap((needle) => [Buffer.from(needle), ...base64Of(needle)].map((pattern) => ({ needle, pattern })));
  const hints = hintsOf(needles);
  const overlap = Math.max(...patterns.map(({ pattern }) => pattern.length));
  const found = new Map<string, Found>();
  let bytes = 0;
  // One for all files: there are thousands of small ones.
  const buffer = Buffer.alloc(chunkBytes);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const handle = await open(file).catch(() => undefined);
    if (handle === undefined) continue;
    try {
      let kept = Buffer.alloc(0);
      for (;;) {
        const { bytesRead } = await handle.read(buffer, 0, chunkBytes);
        if (bytesRead === 0) break;
        bytes += bytesRead;
        const window = Buffer.concat([kept, buffer.subarray(0, bytesRead)]);
        if (hints.length === 0 || hints.some((hint) => window.includes(hint)))
          for (const { needle, pattern } of patterns) if (window.includes(pattern)) found.set(`${file} ${needle}`, { file, needle });
        kept = Buffer.from(window.subarray(Math.max(0, window.length - overlap)));
      }
    } finally {
      await handle.close();
    }
  }
  return { found: [...found.values()], bytes };
}

/** What the texts begin with alike: bytes without it hold none of them, which is seen at once. Empty when that is too short to tell. */
function hintsOf(needles: readonly string[]): Buffer[] {
  const [first = "", ...others] = needles;
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length--;
  const shared = first.slice(0, length);
  return shared.length < 7 ? [] : [Buffer.from(shared), ...base64Of(shared)];
}

/** What is left of the text in base64 wherever it begins, without the characters that its neighbours share. */
function base64Of(needle: string): Buffer[] {
  return [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), Buffer.from(needle)]).toString("base64");
    return Buffer.from(text.slice(offset === 0 ? 0 : 4, -4));
  });
}
