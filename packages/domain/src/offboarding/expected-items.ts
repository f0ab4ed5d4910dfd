import type { ExpectedItem } from "./assemble-certificate.ts";
import type { CertificateKind } from "./certificate.ts";
import { erasureStores } from "./erasure.ts";
import { offboardingStores } from "./stores.ts";

/** What is looked at for a kind of certificate: everything in its registry of stores. */
export function expectedItemsOf(kind: CertificateKind): readonly ExpectedItem[] {
  const stores = kind === "person-erasure" ? erasureStores : offboardingStores;
  return stores.map(({ store, label }) => ({ item: `store:${store}`, label }));
}
