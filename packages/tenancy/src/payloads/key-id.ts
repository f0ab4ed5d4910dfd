import { isId, type TenantId } from "@leasehold/domain/ids";
import type { Payload } from "./payload.ts";

/** Under whose key a payload is: a tenant's, or the control plane's own. */
export type PayloadOwner = TenantId | "control-plane";
export const controlPlane = "control-plane";

export const encryptedEncoding = "binary/encrypted";
const keyIdPattern = /^([a-z]+[_-][0-9A-Za-z]{1,40})\/([1-9]\d{0,8})$/;

export interface KeyId {
  owner: PayloadOwner;
  version: number;
}

/** What an encrypted payload says of itself in clear. All of it is authenticated. */
export interface SealedHeader extends KeyId {
  /** The workflow id that it was encrypted under: of a schedule, not the one that its runs have. Empty where there was none. */
  run: string;
}

export function isEncrypted({ metadata }: Payload): boolean {
  return textOf(metadata?.encoding) === encryptedEncoding;
}

export function metadataOf({ owner, version, run }: SealedHeader): Record<string, Uint8Array> {
  return {
    encoding: Buffer.from(encryptedEncoding),
    "encryption-key-id": Buffer.from(`${owner}/${version}`),
    ...(run === "" ? {} : { "encryption-run": Buffer.from(run) }),
  };
}

/** The header of an encrypted payload; undefined when it names no key as we write it. */
export function headerOf({ metadata }: Payload): SealedHeader | undefined {
  const [, owner = "", version] = keyIdPattern.exec(textOf(metadata?.["encryption-key-id"])) ?? [];
  if (owner !== controlPlane && !isId("tenant", owner)) return undefined;
  return { owner, version: Number(version), run: textOf(metadata?.["encryption-run"]) };
}

function textOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? "" : Buffer.from(bytes).toString("utf8");
}
