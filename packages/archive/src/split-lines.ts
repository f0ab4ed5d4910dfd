import { StringDecoder } from "node:string_decoder";

/** Longer than any line that an export holds, in characters. */
const longestLine = 16 * 1024 * 1024;

/** Cuts chunks into lines as they come. A last line without its end is one all the same: `whole` tells. */
export function createLineSplitter(onLine: (line: string) => void): { push(chunk: Uint8Array): void; end(): { whole: boolean } } {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  const cut = (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > longestLine) throw new Error("a line is longer than any that an export holds");
    for (const line of lines) onLine(line);
  };
  return {
    push: (chunk) => cut(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
    end() {
      cut(decoder.end());
      const whole = rest === "";
      if (!whole) onLine(rest);
      rest = "";
      return { whole };
    },
  };
}
