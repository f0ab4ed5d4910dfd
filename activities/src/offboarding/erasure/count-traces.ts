import { readChain as readApplicationChain } from "@leasehold/db/application/audit/read-chain";
import { countApplicationTraces } from "@leasehold/db/application/erasure/author-rows";
import { withAdministration } from "@leasehold/db/application/with-administration";
import type { AuditEntry } from "@leasehold/db/audit/audit-entry";
import { verifyChain } from "@leasehold/db/audit/verify-chain";
import { readChain } from "@leasehold/db/control/audit/read-chain";
import { countControlTraces } from "@leasehold/db/control/offboarding/erasure/erase-rows";
import type { PersonErasure } from "@leasehold/db/control/offboarding/erasure/read-erasure";
import type { TenantId } from "@leasehold/domain/ids";
import type { ErasureStore } from "@leasehold/domain/offboarding/erasure";
import type pg from "pg";
import type { ErasureDependencies } from "./dependencies.ts";

/** What is counted by asking the databases; bodies, exports and the account are looked at by their own steps. */
export type CountedStore = Exclude<ErasureStore, "objects" | "account" | "exports">;

export interface CountedTraces {
  counts: Record<CountedStore, number>;
  /** Rows of the log by or about the person that the sealer has not come to yet. */
  unsealed: number;
}

const page = 5_000;

/** Everything of the person's, by looking. */
export async function countTraces(
  { control }: Pick<ErasureDependencies, "control">,
  pool: pg.Pool,
  person: PersonErasure & { userId: string },
): Promise<CountedTraces> {
  const { tenantId, userId } = person;
  const [there, here] = [await countApplicationTraces(pool, tenantId, userId), await countControlTraces(control, person)];
  return {
    counts: {
      "control.members": here.members,
      "control.invitations": here.invitations,
      "app.api_keys": there.apiKeys,
      "app.documents": there.documents,
      authorship: there.authorship + here.authorship,
      "app.idempotency_keys": there.answers,
      "audit-details": there.auditDetails + here.auditDetails,
      "audit-chain": await countChainProblems(control, pool, tenantId),
    },
    unsealed: there.unsealed + here.unsealed,
  };
}

/** Both logs of the tenant, every link calculated again. What waits for its seal is not in a chain yet. */
async function countChainProblems(control: pg.Pool, application: pg.Pool, tenantId: TenantId): Promise<number> {
  const entries = [
    ...(await readAll((after) => readChain(control, tenantId, after, page))),
    ...(await readAll((after) =>
      withAdministration(application, tenantId, async (tx) =>
        (await readApplicationChain(tx, tenantId, after, page)).map(({ entry }) => entry),
      ),
    )),
  ];
  return verifyChain(entries).problems.length;
}

async function readAll(read: (after: number) => Promise<AuditEntry[]>): Promise<AuditEntry[]> {
  const all: AuditEntry[] = [];
  for (let after = 0; ; ) {
    const found = await read(after);
    all.push(...found);
    if (found.length < page) return all;
    after = found.at(-1)?.seq ?? after;
  }
}
