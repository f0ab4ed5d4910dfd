import { UnreadableError } from "../keys/unreadable.ts";
import { headerOf, isEncrypted } from "./key-id.ts";
import type { Payload } from "./payload.ts";
import type { PayloadKeys } from "./payload-keys.ts";
import { placeholderFor } from "./placeholder.ts";

/**
 * Opens payloads of any owners, in order, for somebody who may read all of them: the key is the one that each names. What does not open
 * shows as a placeholder; what is not encrypted is answered as it came.
 */
export function readPayloads(keys: PayloadKeys, payloads: readonly Payload[]): Promise<Payload[]> {
  return Promise.all(
    payloads.map(async (payload) => {
      if (!isEncrypted(payload)) return payload;
      const header = headerOf(payload);
      if (header === undefined) return placeholderFor(new UnreadableError("A payload names no key of ours."));
      return keys.use(header.owner, header.version, (cipher) => cipher.open(payload)).catch(placeholderFor);
    }),
  );
}
