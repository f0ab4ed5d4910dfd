import type { FileLine } from "./format.ts";

export interface Problem {
  /** The file that it is about. */
  file: string;
  message: string;
}

/** How far ahead is looked to tell a missing file from an unknown one. */
const lookAhead = 1_000;

/** Compares what is there with what should be, both in one order; holds a few lines of each. */
export async function* compareFiles(
  found: AsyncIterable<FileLine>,
  listed: AsyncIterable<FileLine>,
  list: string,
): AsyncGenerator<Problem> {
  const expected = listed[Symbol.asyncIterator]();
  const ahead: FileLine[] = [];
  const fill = async (wanted: number) => {
    while (ahead.length < wanted) {
      const { value, done } = await expected.next();
      if (done === true) break;
      ahead.push(value);
    }
  };
  for await (const file of found) {
    await fill(1);
    if (ahead[0]?.path !== file.path) {
      await fill(lookAhead);
      const place = ahead.findIndex(({ path }) => path === file.path);
      if (place === -1) {
        yield { file: file.path, message: `it is in the archive and not in ${list}` };
        continue;
      }
      for (const missing of ahead.splice(0, place)) yield missingFrom(missing, list);
    }
    yield* compareFile(file, ahead.shift() as FileLine, list);
  }
  for (const missing of ahead) yield missingFrom(missing, list);
  for (let next = await expected.next(); next.done !== true; next = await expected.next()) yield missingFrom(next.value, list);
}

function* compareFile(file: FileLine, expected: FileLine, list: string): Generator<Problem> {
  if (file.bytes !== expected.bytes) {
    yield { file: file.path, message: `it has ${file.bytes} bytes; ${list} says ${expected.bytes}` };
  } else if (file.sha256 !== expected.sha256) {
    yield { file: file.path, message: `its SHA-256 is ${file.sha256}; ${list} says ${expected.sha256}` };
  }
}

function missingFrom({ path }: FileLine, list: string): Problem {
  return { file: path, message: `it is in ${list} and not in the archive` };
}
