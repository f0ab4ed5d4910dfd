import { headerOf, isEncrypted, type PayloadOwner } from "../key-id.ts";
import type { Payload } from "../payload.ts";

export interface AskedOwner {
  owner: PayloadOwner;
  payloads: number;
  /** Workflow ids that the payloads were encrypted under, the first hundred. */
  runs: string[];
}

const mostRuns = 100;
const runPattern = /^[\w:.@/+-]{1,300}$/;

/** Whose payloads a request asks for, by what they say of themselves: for the record of it. No content is looked at. */
export function summarizeOwners(payloads: readonly Payload[]): AskedOwner[] {
  const found = new Map<PayloadOwner, AskedOwner>();
  for (const payload of payloads.filter(isEncrypted)) {
    const header = headerOf(payload);
    if (header === undefined) continue;
    const asked = found.get(header.owner) ?? { owner: header.owner, payloads: 0, runs: [] };
    asked.payloads += 1;
    if (runPattern.test(header.run) && !asked.runs.includes(header.run) && asked.runs.length < mostRuns) asked.runs.push(header.run);
    found.set(header.owner, asked);
  }
  return [...found.values()];
}
