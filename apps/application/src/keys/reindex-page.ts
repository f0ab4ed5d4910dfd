import { listNames, type NamedTable, type NewIndex, putGrams, putIndex, type StoredName } from "@leasehold/db/application/keys/name-index";
import { isDomainError } from "@leasehold/domain/errors";
import type { AppContext } from "@leasehold/tenancy/context";
import type { TenancyKit } from "@leasehold/tenancy/create-kit";
import { decryptKnownColumns } from "@leasehold/tenancy/keys/columns";
import { nameGrams, nameHmac } from "@leasehold/tenancy/keys/name-index";
import { isUnopenable } from "@leasehold/tenancy/keys/unreadable";

export interface ReindexedPage {
  /** Names that are found by the index key of now, and were not. */
  indexed: number;
  /** Documents and folders beside which another has taken the name meanwhile. */
  taken: number;
  /** The last row of the page; undefined when no row is left. */
  last: string | undefined;
}

const pageSize = 200;

/**
 * Has a page of names found by the index key that the tenant has now, after the one before was lost. Idempotent: what is found by it
 * already is passed over, and so is a name that nobody can read. Where a name was taken meanwhile both stay: the older one is
 * found too, and told from others again once it is renamed.
 */
export async function reindexPage(kit: TenancyKit, app: AppContext, table: NamedTable, after: string): Promise<ReindexedPage> {
  const found = await kit.data.query(app, "read", (tx) => listNames(tx, app.tenantId, table, { after, limit: pageSize }));
  const page: ReindexedPage = { indexed: 0, taken: 0, last: found.length < pageSize ? undefined : found.at(-1)?.rowId };
  for (const name of await indexAnew(kit, app, table, found)) {
    const outcome = await put(kit, app, table, name);
    if (outcome === "put") page.indexed += 1;
    if (outcome === "taken") page.taken += 1;
  }
  return page;
}

async function put({ data }: TenancyKit, app: AppContext, table: NamedTable, name: NewIndex): Promise<"put" | "changed" | "taken"> {
  try {
    return await data.transaction(app, "write", (tx) => putIndex(tx, app.tenantId, table, name));
  } catch (error) {
    if (!isDomainError(error) || error.code !== "CONFLICT") throw error;
    if (table === "documents") await data.transaction(app, "write", (tx) => putGrams(tx, app.tenantId, name));
    return "taken";
  }
}

/** Those that another key has indexed, as this one does. */
async function indexAnew(kit: TenancyKit, app: AppContext, table: NamedTable, names: readonly StoredName[]): Promise<NewIndex[]> {
  const texts = await openNames(kit, app, table, names);
  return kit.keys.use(app, ["index"], (ring) =>
    names.flatMap((name, index): NewIndex[] => {
      const text = texts[index];
      if (text === undefined) return [];
      const hmac = nameHmac(ring.key("index"), text);
      if (hmac.equals(name.nameHmac)) return [];
      return [{ ...name, nameHmac: hmac, grams: table === "documents" ? nameGrams(ring.key("index"), text) : [] }];
    }),
  );
}

/** At once when all of them open or are lost; otherwise one by one, so that one that does not open keeps no other. */
async function openNames(
  kit: TenancyKit,
  app: AppContext,
  table: NamedTable,
  names: readonly StoredName[],
): Promise<(string | undefined)[]> {
  const cells = names.map(({ rowId, nameCipher }) => ({ table, column: "name", rowId, sealed: nameCipher }));
  try {
    return await decryptKnownColumns(kit.keys, app, cells);
  } catch (error) {
    if (!isUnopenable(error)) throw error;
    if (names.length === 1) return [undefined];
    const singly: (string | undefined)[] = [];
    for (const name of names) singly.push(...(await openNames(kit, app, table, [name])));
    return singly;
  }
}
