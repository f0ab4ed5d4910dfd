import type { CertificateDocument } from "./certificate.ts";

type Facts = Omit<CertificateDocument, "proves" | "doesNotProve">;

interface Claim {
  text: string;
  holds: (facts: Facts) => boolean;
}

const isClosing = ({ kind }: Facts) => kind !== "person-erasure";
const isPerson = ({ kind }: Facts) => kind === "person-erasure";
const hasStore =
  (...dispositions: string[]) =>
  ({ stores }: Facts) =>
    stores.some(({ disposition }) => dispositions.includes(disposition));
const ofModel =
  (model: string) =>
  ({ keys }: Facts) =>
    keys.some((key) => key.model === model);

/** What a certificate says that it proves: each sentence stands only where the evidence beside it is in the document. */
export const provingClaims: readonly Claim[] = [
  {
    text: "The holder of the signing key issued this document at the time that it gives, and not one byte of it was changed since.",
    holds: () => true,
  },
  {
    text: "It follows the certificate whose hash it names in the issuer's one chain: none was put in between, and that one was not changed.",
    holds: ({ previousHash }) => previousHash !== null,
  },
  {
    text: "Each store listed as deleted was counted before, and a look after the deletion, at the time beside it, found what is listed as after.",
    holds: hasStore("deleted"),
  },
  {
    text: "No wrapped copy of the workspace's data keys was left in the keyring when it was looked at again: what they sealed cannot be opened from there.",
    holds: ({ keys, ...facts }) => isClosing({ keys, ...facts }) && keys.length > 0 && keys.every(({ wrappedAfter }) => wrappedAfter === 0),
  },
  {
    text: "The key management service answered the states listed under Keys, in its own words, at the times beside them.",
    holds: ({ keys }) => keys.length > 0,
  },
  {
    text: "The known values that were planted before could not be read after, in the stores where they were looked for.",
    holds: ({ canaries }) => canaries.some(({ readableAfter }) => readableAfter === 0),
  },
  {
    text: "The hold ran to its end, and no legal hold was open when the deletion began.",
    holds: ({ hold }) => hold !== null && hold.endedAt !== null,
  },
  {
    text: "The key management service no longer has the keys: copies in backups that need them cannot be opened by anybody any more.",
    holds: ({ kind, finality }) => kind === "finality" && finality.state === "gone",
  },
  {
    text: "The key management service no longer has the issuer's own keys of the list: copies in backups that need one of those cannot be opened by anybody any more.",
    holds: ({ kind, finality, keys }) => {
      const ours = keys.filter(({ model }) => model !== "customer");
      return kind === "finality" && finality.state === "customers" && ours.length > 0 && ours.every(({ state }) => state === "NotFound");
    },
  },
  { text: "It completes the first stamp that it names by its hash.", holds: ({ closure }) => closure !== null },
  {
    text: "What the person was named by in the workspace's audit log was taken out, and the log's chain still verifies without it.",
    holds: (facts) => isPerson(facts) && facts.stores.some(({ store, after }) => store === "audit-chain" && after === 0),
  },
];

/** What a certificate says that it does not prove. */
export const limitingClaims: readonly Claim[] = [
  {
    text: "That nobody copied data out before: exports that were downloaded, and what members kept elsewhere, are out of the issuer's reach.",
    holds: () => true,
  },
  {
    text: "That the issuer's software and operators told the truth when they looked: it proves what was recorded and signed, and that it was not changed since.",
    holds: () => true,
  },
  {
    text: "Anything about what was sealed under a data key that is listed as lost: it did not open, was given up before the closing, and is destroyed with all the others.",
    holds: ({ keys }) => keys.some(({ lost = [] }) => lost.length > 0),
  },
  { text: "Anything about the items under Not checked.", holds: ({ notChecked }) => notChecked.length > 0 },
  {
    text: "That the copies listed as expiring are gone: they end by themselves at the time beside them, and nobody has looked.",
    holds: ({ copies, stores }) =>
      copies.some(({ unreadableBy }) => unreadableBy === "expiry") || stores.some(({ disposition }) => disposition === "expires"),
  },
  {
    text: "That the keys are gone from the key management service: it keeps a key that waits for its end until the date beside it. The second stamp says when it is gone.",
    holds: ({ kind, keys }) =>
      kind === "closure" && keys.some(({ deletionDate, model }) => deletionDate !== undefined && model !== "customer"),
  },
  {
    text: "That a key which the workspace had left before the closing is gone: others may still be under it. Copies of the keyring from before can be opened under it until they end, at the time beside it; nobody has looked at them.",
    holds: ({ keys }) => keys.some(({ former, state, model }) => former !== undefined && state !== "NotFound" && model !== "customer"),
  },
  {
    text: "That the customer's own key is gone: it is the customer's, and what it opens is decided by them.",
    holds: ofModel("customer"),
  },
  {
    text: "That copies of the keyring in backups cannot be opened: whoever may use the customer's own key and has such a copy can open it, and with it what other backups hold, until the copies of the keyring end.",
    holds: (facts) => isClosing(facts) && ofModel("customer")(facts),
  },
  {
    text: "That a key which several workspaces share was destroyed for this one alone: it wrapped their data keys too, and they were wrapped anew.",
    holds: ofModel("shared-epoch"),
  },
  { text: "That what is listed as kept is gone: it is kept for the reason and to the time beside it.", holds: hasStore("kept") },
  {
    text: "Whose data it was: the document has a pseudonym, which only the issuer and the former customer can connect with a name.",
    holds: () => true,
  },
  {
    text: "That other people's documents do not mention the person: contents that others wrote were not searched.",
    holds: isPerson,
  },
];

/** The sentences of both lists that hold for these facts, in their order. */
export function claimsOf(facts: Facts): Pick<CertificateDocument, "proves" | "doesNotProve"> {
  const holding = (claims: readonly Claim[]) => claims.filter(({ holds }) => holds(facts)).map(({ text }) => text);
  return { proves: holding(provingClaims), doesNotProve: holding(limitingClaims) };
}
