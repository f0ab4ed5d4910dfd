/** Says what is being done, while it is done. */
export interface Progress {
  step<T>(label: string, work: (detail: (text: string) => void) => Promise<T>): Promise<T>;
}

const seconds = (since: number) => `${((Date.now() - since) / 1_000).toFixed(1)} s`;

/** Prints each step with its elapsed time to stderr; on a terminal the running step is updated in place, unless others write there. */
export function createProgress(stream: NodeJS.WriteStream = process.stderr, options: { live?: boolean } = {}): Progress {
  const live = stream.isTTY && options.live !== false;
  return {
    async step(label, work) {
      const began = Date.now();
      let detail = "";
      const line = (mark: string) => `${mark} ${label}${detail === "" ? "" : ` · ${detail}`} · ${seconds(began)}`;
      const draw = () => live && stream.write(`\r\x1b[2K${line("…")}`);
      const timer = setInterval(draw, 200);
      const report = setInterval(() => !live && stream.write(`${line("…")}\n`), 5_000);
      let mark = "✗";
      try {
        const result = await work((text) => {
          detail = text;
        });
        mark = "✓";
        return result;
      } finally {
        clearInterval(timer);
        clearInterval(report);
        stream.write(`${live ? "\r\x1b[2K" : ""}${line(mark)}\n`);
      }
    },
  };
}

export const silentProgress: Progress = { step: (_label, work) => work(() => undefined) };

export function formatBytes(bytes: number): string {
  return bytes < 1024 ** 3 ? `${(bytes / 1024 ** 2).toFixed(1)} MiB` : `${(bytes / 1024 ** 3).toFixed(2)} GiB`;
}
