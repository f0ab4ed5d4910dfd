import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const all = globSync("{apps,packages}/*/src/**/*.{ts,tsx}", { cwd: root })
  .concat(globSync("{db,activities,workflows}/src/**/*.ts", { cwd: root }))
  .filter((path) => !path.endsWith(".test.ts"))
  .sort();
const sources = all.map((path) => ({ path, text: readFileSync(`${root}${path}`, "utf8") }));

/** Where a pattern stands in what is deployed: `path: line`. */
const found = (pattern: RegExp, among = sources) =>
  among.flatMap(({ path, text }) =>
    text
      .split("\n")
      .filter((line) => pattern.test(line))
      .map((line) => `${path}: ${line.trim()}`)
      .sort(),
  );
const filesWith = (pattern: RegExp) => [...new Set(found(pattern).map((hit) => hit.split(": ")[0]))].sort();

test("the rules look at the whole product", () => {
  expect(sources.length).toBeGreaterThan(700);
  expect(filesWith(/@leasehold\/domain/).length).toBeGreaterThan(300);
});

test("nothing is run from text: no shell, no evaluation, no template of somebody's making", () => {
  expect(
    found(/child_process|\beval\(|new Function\(|node:vm\b|runInNewContext|\bexecSync\b|import\((?!\s*["'`]|[A-Za-z.]*next\))/),
  ).toEqual([]);
  expect(found(/\b(handlebars|mustache|ejs|nunjucks|pug)\b|_\.template|util\.format\(/i)).toEqual([]);
});

test("patterns are made of our own words, never of an input's", () => {
  expect(found(/\bRegExp\(/)).toEqual([
    expect.stringMatching(
      /^packages\/tenancy\/src\/api-keys\/key-text\.ts: const pattern = new RegExp\(`\^lhk_.*\$\{(secret|checksum)Length\}/,
    ),
    expect.stringMatching(/^packages\/tenancy\/src\/certificates\/certificate-schema\.ts: const id = \(prefix: string\)/),
    expect.stringMatching(/^packages\/tenancy\/src\/rest\/id-schema\.ts: const pattern = new RegExp\(`\^\$\{idPrefixes\[kind\]\}/),
  ]);
});

test("pages render text as text, and are HTML, CSS and JavaScript alone", () => {
  expect(found(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|dangerouslySetInnerHTML|srcdoc/i)).toEqual([
    expect.stringMatching(/^packages\/ui\/src\/components\/root-document\.tsx: .*__html: themeScript/),
  ]);
  expect(found(/<(object|embed|applet|iframe)\b/)).toEqual([]);
});

test("nothing that arrives becomes an object of a class", () => {
  expect(found(/registerClass|allowErrorProps|\bdeserialize\(|v8\.deserialize|node-serialize/)).toEqual([]);
});

test("no server follows a redirect of another", () => {
  const servers = sources.filter(({ path }) => !path.includes("/app/") && path !== "apps/console/src/lib/session.ts");
  const calls = servers.flatMap(({ path, text }) =>
    [...text.matchAll(/(?<![\w.#])fetch\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)/g)].map(([, options = ""]) => ({ path, options })),
  );
  expect(calls.length).toBeGreaterThanOrEqual(4);
  expect(calls.filter(({ options }) => !/redirect: "error"/.test(options)).map(({ path }) => path)).toEqual([]);
});

test("chance that is no secret is used to wait, and for nothing else", () => {
  expect(filesWith(/Math\.random/)).toEqual(["apps/worker/src/backoff.ts", "db/src/control/listen.ts", "db/src/transaction.ts"]);
});

test("browsers keep nothing for a page but its theme", () => {
  expect(filesWith(/localStorage|sessionStorage|indexedDB|caches\.open/)).toEqual(["packages/ui/src/lib/theme.ts"]);
});

test("passwords are masked, can be pasted, and are for password managers to fill in", () => {
  const fields = sources.flatMap(({ path, text }) => [...text.matchAll(/<PasswordField\b[^/]*\/>/gs)].map(([field]) => ({ path, field })));
  expect(fields.length).toBeGreaterThan(5);
  for (const { path, field } of fields) expect(field, path).toMatch(/autoComplete="(current|new)-password"/);
  expect(found(/type=\{visible \? "text" : "password"\}/)).toHaveLength(1);
  expect(found(/type="password"|\bonPaste\b|\bonCopy\b|autoComplete="off".*assword/)).toEqual([]);
  // Whatever asks for one is that field.
  expect(found(/<Input\b[^>]*name="[^"]*assword/)).toEqual([]);
});
