import { closeSync, createReadStream, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const heldBytes = 64 * 1024;

/** Lines kept in a file of this process, for what is too much to hold: written first, read after. */
export interface Spool extends Disposable {
  add(line: string): void;
  read(): AsyncIterable<string>;
}

/** Opens a spool; disposing it removes its file. */
export function openSpool(): Spool {
  const folder = mkdtempSync(join(tmpdir(), "leasehold-export-"));
  const path = join(folder, "lines");
  const file = openSync(path, "wx", 0o600);
  let held = "";
  let open = true;
  const flush = () => {
    if (held !== "") writeSync(file, held);
    held = "";
  };
  const close = () => {
    if (open) closeSync(file);
    open = false;
  };
  return {
    add(line) {
      held += `${line}\n`;
      if (held.length > heldBytes) flush();
    },
    read() {
      flush();
      return createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
    },
    [Symbol.dispose]() {
      close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
