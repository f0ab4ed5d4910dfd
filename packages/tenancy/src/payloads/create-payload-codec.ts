import { tenantOfRun } from "@leasehold/domain/tenant-runs";
import { UnreadableError } from "../keys/unreadable.ts";
import { controlPlane, headerOf, isEncrypted, type PayloadOwner } from "./key-id.ts";
import type { Payload, PayloadContext } from "./payload.ts";
import type { PayloadKeys } from "./payload-keys.ts";
import { placeholderFor } from "./placeholder.ts";

/** Temporal's PayloadCodec, as far as it is needed here. */
export interface PayloadCodec {
  encode(payloads: Payload[], context?: PayloadContext): Promise<Payload[]>;
  decode(payloads: Payload[], context?: PayloadContext): Promise<Payload[]>;
}

export interface PayloadCodecOptions {
  keys: PayloadKeys;
  /**
   * What becomes of a payload that does not open. A worker fails, and its run waits: no run goes on with what is not its data. A client
   * shows a placeholder, so that one tenant's destroyed key ends nobody else's list.
   */
  unreadable: "fail" | "placeholder";
  /**
   * Until when a worker takes payloads that are not encrypted, in runs of the control plane alone: those that began before payloads
   * were. Never unless it is set.
   */
  plainUntil?: Date | undefined;
}

/**
 * Encrypts what Temporal keeps. The key comes from the workflow id: `t:<tenantId>:…` is under that tenant's, everything else, and what
 * has no workflow id, under the control plane's own.
 */
export function createPayloadCodec({ keys, unreadable, plainUntil }: PayloadCodecOptions): PayloadCodec {
  const takesPlain = (owner: PayloadOwner) => owner === controlPlane && plainUntil !== undefined && Date.now() < plainUntil.getTime();

  async function open(payload: Payload, owner: PayloadOwner): Promise<Payload> {
    if (!isEncrypted(payload)) {
      if (takesPlain(owner)) return payload;
      throw new UnreadableError("A payload is not encrypted. PLAIN_PAYLOADS_UNTIL lets runs go on that began before payloads were.");
    }
    const header = headerOf(payload);
    if (header?.owner !== owner) throw new UnreadableError(`A payload is not under the key of ${owner}.`);
    return keys.use(owner, header.version, (cipher) => cipher.open(payload));
  }

  async function show(payload: Payload, owner: PayloadOwner): Promise<Payload> {
    if (!isEncrypted(payload) && owner === controlPlane) return payload;
    return open(payload, owner).catch(placeholderFor);
  }

  return {
    async encode(payloads, context) {
      if (payloads.length === 0) return [];
      const owner = ownerOf(context);
      const run = context?.workflowId ?? "";
      return keys.use(owner, "newest", (cipher, version) => payloads.map((payload) => cipher.seal({ owner, version, run }, payload)));
    },
    async decode(payloads, context) {
      const owner = ownerOf(context);
      const read = unreadable === "fail" ? open : show;
      return Promise.all(payloads.map((payload) => read(payload, owner)));
    },
  };
}

function ownerOf(context: PayloadContext | undefined): PayloadOwner {
  return tenantOfRun(context?.workflowId ?? "") ?? controlPlane;
}
