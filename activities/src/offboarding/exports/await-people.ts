import { setTimeout as sleep } from "node:timers/promises";
import { askForExportPeople, noteMissing, readExportPeople } from "@leasehold/db/control/offboarding/exports/export-people";
import { type ExportRef, missingNames } from "@leasehold/domain/offboarding/exports";
import { openPeople, type Person } from "@leasehold/tenancy/mail/seal-people";
import type { ExportDependencies } from "./dependencies.ts";

const lookEveryMs = 500;

/**
 * Names and addresses of a tenant's people as the portal has sealed them. Where it has not, as when an operator asked, it is asked, and
 * waited for until so long after it was first asked, whichever attempt that was. Then the export does without, and says so.
 */
export async function awaitPeople(needs: ExportDependencies, ref: ExportRef, signal: AbortSignal): Promise<Map<string, Person>> {
  const { control, peopleKey, peopleWaitMs } = needs;
  const askedAt = await askForExportPeople(control, ref);
  for (;;) {
    const sealed = await readExportPeople(control, ref.tenantId);
    if (sealed !== undefined) return new Map((await openPeople(peopleKey, sealed)).map((person) => [person.userId, person]));
    if (askedAt === undefined || Date.now() >= askedAt.getTime() + peopleWaitMs) break;
    await sleep(lookEveryMs, undefined, { signal });
  }
  await noteMissing(control, ref, missingNames);
  return new Map();
}
