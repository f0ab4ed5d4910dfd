import type { OffboardingStep } from "./steps.ts";
import { applicationStores } from "./stores/application.ts";
import { controlStores } from "./stores/control.ts";
import type { StoreDefinition } from "./stores/definition.ts";
import { keyStores } from "./stores/keys.ts";
import { platformStores } from "./stores/platform.ts";

/**
 * The registry of stores: everything that holds something of a tenant. Whatever shreds, counts, certifies or shows it goes through this
 * list. A table that names a tenant and is not in it fails a test. What is emptied by one step is emptied in this order.
 */
export const offboardingStores = [...keyStores, ...applicationStores, ...controlStores, ...platformStores] as const;

export type StoreName = (typeof offboardingStores)[number]["store"];
export type StoreEntry = StoreDefinition & { store: StoreName };

/** The stores that a step counts and empties. */
export function storesOf(step: OffboardingStep): readonly StoreEntry[] {
  return offboardingStores.filter((entry) => entry.step === step);
}

/** The entry of a store. */
export function storeOf(name: StoreName): StoreEntry {
  return offboardingStores.find(({ store }) => store === name) as StoreEntry;
}
