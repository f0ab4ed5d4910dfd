import { listProcedures } from "@leasehold/tenancy/trpc/procedure-meta";
import type { Case, MatrixApp } from "./case.ts";
import { listIdMembers } from "./id-members.ts";
import type { MatrixWorld } from "./matrix-world.ts";
import { type Procedure, routers } from "./procedures.ts";

const position = "a position in one's own list, which says where to go on; input-properties.test.ts sends another's";
const event = "the number of an event of the operation that is asked about";
const wanted = "the address that somebody wishes for: it is told to everybody whether it is taken";
const fleet = "operators are of no tenant, and ask about every one";
const colleague = "operators are of no tenant: an admin decides about each of them";
const made = "made by whoever asks, for what is new: the same at two tenants is two things, as second-order.test.ts has it";
const folder =
  "where in one's own prefix files are written, and each has a name of its own: tried without a twin, with objects of both tenants looked at";
const written = "only written down, into the files of the tenant that asks";

/** Members that name something, and why no row tries another tenant's there; `*` stands for every procedure of the app. */
const withoutSwap: Record<MatrixApp, Record<string, string>> = {
  portal: { "* lastEventId": event, "signUp.checkSlug slug": wanted, "signUp.request slug": wanted },
  console: {
    "* tenantId": fleet,
    "* operatorId": colleague,
    "tenants.slugAvailability slug": wanted,
    "tenants.add slug": wanted,
  },
  application: {
    "documents.list cursor": position,
    "documents.createFolder folderId": made,
    "audit.list beforeId": position,
    "exports.documents exportId": folder,
    "exports.rows exportId": folder,
    "exports.append exportId": folder,
    "exports.finish exportId": folder,
    "exports.finish about.operationId": written,
    "verification.run canary.tenantId": "names the other tenant by intent: the run fails when it is reached",
    "verification.run canary.documentId": "names the other tenant's by intent: the run fails when it is reached",
  },
};

/** Members of a procedure's input that need a case each. */
export function membersToSwap({ app, name }: Procedure): string[] {
  const found = listProcedures(routers[app]).find(({ path }) => path === name);
  const reasons = withoutSwap[app];
  return listIdMembers(found?.inputs ?? []).filter((member) => !(`${name} ${member}` in reasons) && !(`* ${member}` in reasons));
}

/** Reasons for members that are gone. */
export function reasonsWithoutMember(): string[] {
  return Object.entries(withoutSwap).flatMap(([app, reasons]) => {
    const procedures = listProcedures(routers[app as MatrixApp]);
    const members = procedures.flatMap(({ path, inputs }) =>
      listIdMembers(inputs).flatMap((member) => [`${path} ${member}`, `* ${member}`]),
    );
    return Object.keys(reasons).filter((name) => !members.includes(name));
  });
}

/**
 * Each of them has a case in which it names what is there, beside a twin in which it names nothing, the other ids being the same: the
 * answers are compared, so that what is there has to be out of the caller's reach.
 * @returns what is missing, in words
 */
export async function missingSwaps(world: MatrixWorld, procedure: Procedure, cases: readonly Case[]): Promise<string[]> {
  const wrong: string[] = [];
  const members = membersToSwap(procedure);
  for (const member of members) {
    const others = members.filter((each) => each !== member);
    const pairs = cases.flatMap(({ expect, input, twin }) =>
      twin?.input === undefined || ["UNAUTHENTICATED", "FORBIDDEN"].includes(expect) ? [] : [[input, twin.input] as const],
    );
    const alone = pairs.filter(
      ([one, other]) => at(one, member) !== at(other, member) && others.every((each) => at(one, each) === at(other, each)),
    );
    let tried = false;
    for (const [one, other] of alone)
      tried ||= (await exists(world, member, at(one, member))) && !(await exists(world, member, at(other, member)));
    if (!tried) wrong.push(`never names another tenant's ${member} beside a guessed one: write the case, or the reason in swaps.ts`);
  }
  return wrong;
}

function at(input: unknown, path: string): unknown {
  return path.split(".").reduce((found, name) => (found as Record<string, unknown> | undefined)?.[name], input);
}

type Place = ["control" | "application", string];

/** Where what a member names is looked for. */
const places: Record<string, Place> = {
  slug: ["control", "control.tenants where slug"],
  userId: ["control", "control.members where user_id"],
  invitationId: ["control", "control.invitations where invitation_id"],
  operationId: ["control", "control.operations where operation_id"],
  exportId: ["control", "control.exports where export_id"],
  holdId: ["control", "control.legal_holds where hold_id"],
  lossId: ["control", "control.key_losses where loss_id"],
  resetId: ["control", "control.second_factor_resets where reset_id"],
  id: ["control", "identity.sessions where id"],
  documentId: ["application", "app.documents where document_id"],
  folderId: ["application", "app.folders where folder_id"],
  parentId: ["application", "app.folders where folder_id"],
  keyId: ["application", "app.api_keys where key_id"],
};

async function exists({ rows, application }: MatrixWorld, member: string, value: unknown): Promise<boolean> {
  const [plane, place] = places[member] ?? [];
  if (plane === undefined) throw new Error(`write in swaps.ts where a ${member} is to be found`);
  const text = `select from ${place} = $1 limit 1`;
  const found = plane === "control" ? await rows(text, [value]) : await application.query(text, [value]);
  return found.length > 0;
}
