import { labelsOf, positionIn, type StepDefinition } from "../step-list.ts";
import type { StoreDisposition } from "./certificate.ts";

/** What becomes of the documents that a person has created: the workspace's owner decides, who is the controller. */
export const erasureChoices = ["delete", "keep"] as const;
export type ErasureChoice = (typeof erasureChoices)[number];

/** The steps of a person's erasure, in order. From the first on nothing is taken back, only done again. */
export const erasureSteps = [
  { step: "end-access", stage: 1, label: "Ending the person's access" },
  { step: "erase-documents", stage: 2, label: "Deleting the person's documents, or taking their name off" },
  { step: "erase-traces", stage: 3, label: "Taking the person out of keys, answers and the audit log" },
  { step: "erase-account", stage: 4, label: "Deleting the account, where it belongs to no other workspace" },
  { step: "look-again", stage: 5, label: "Looking everywhere again" },
  { step: "certify-erasure", stage: 6, label: "Signing the certificate" },
] as const satisfies readonly StepDefinition[];

export type ErasureStep = (typeof erasureSteps)[number]["step"];

export const erasureStepLabels: Record<ErasureStep, string> = labelsOf(erasureSteps);

export function erasureStepPosition(step: ErasureStep): { position: number; stage: number } {
  return positionIn(erasureSteps, step);
}

interface ErasureStoreDefinition {
  store: string;
  label: string;
  disposition: StoreDisposition;
  how: string;
}

/** Everything of a tenant's that may name one person, with what becomes of it. What is counted is counted for that person alone. */
export const erasureStores = [
  { store: "control.members", label: "Membership", disposition: "deleted", how: "count of the person's rows" },
  {
    store: "control.invitations",
    label: "Invitations to and by the person",
    disposition: "deleted",
    how: "count of rows that were sent to the person's address, accepted or sent by them",
  },
  { store: "app.api_keys", label: "API keys that the person made", disposition: "deleted", how: "count of the person's rows" },
  {
    store: "app.documents",
    label: "Documents that the person made",
    disposition: "deleted",
    how: "count of rows with the person as author",
  },
  {
    store: "objects",
    label: "Bodies of those documents, with every version",
    disposition: "deleted",
    how: "ListObjectVersions under each body's key",
  },
  {
    store: "exports",
    label: "Exports from before, which have the person in them",
    disposition: "deleted",
    how: "count of archives that are kept or being built; ListObjectVersions under each that ended",
  },
  {
    store: "authorship",
    label: "The person as author, or as who revoked a key",
    disposition: "deleted",
    how: "count of folders, documents and keys that name the person",
  },
  {
    store: "app.idempotency_keys",
    label: "Answers to the person's repeated requests",
    disposition: "deleted",
    how: "count of the person's rows",
  },
  {
    store: "audit-details",
    label: "What the audit log says about the person",
    disposition: "deleted",
    how: "count of rows by or about the person that still have details; the rows themselves stay, with an id that names nobody by itself",
  },
  {
    store: "audit-chain",
    label: "Problems in the audit log's chain",
    disposition: "kept",
    how: "every link of both logs calculated again, without the details that were taken out",
  },
  { store: "account", label: "Account: name, address, password, sessions", disposition: "deleted", how: "count of rows, by the portal" },
] as const satisfies readonly ErasureStoreDefinition[];

export type ErasureStore = (typeof erasureStores)[number]["store"];

export function erasureStoreOf(store: ErasureStore): ErasureStoreDefinition {
  return erasureStores.find((one) => one.store === store) as ErasureStoreDefinition;
}

/** Who is named in place of a person whose rows stay. */
export const erasedAuthor = "erased";
