import { DescribeKeyCommand, paginateListAliases } from "@aws-sdk/client-kms";
import { endEpochKey, makeBranchKey } from "@leasehold/activities/keys/epoch-keys";
import { rewrapEpoch } from "@leasehold/activities/keys/rewrap-epoch";
import { findWrappedKey, type KeyVersion } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import { noteEpochKey } from "@leasehold/db/keyring/epochs/end-turn";
import { findEpoch } from "@leasehold/db/keyring/epochs/find-epoch";
import type { EpochRef } from "@leasehold/db/keyring/epochs/move-keys";
import { beginTurn, readEnvironment } from "@leasehold/db/keyring/epochs/open-epoch";
import { newId } from "@leasehold/domain/ids";
import { onlyPool as pool } from "@leasehold/domain/keys/epochs";
import type { TenantScope } from "@leasehold/tenancy/context";
import { createDataKeys, type DataKeys, type WrappedKey } from "@leasehold/tenancy/keys/data-keys";
import type { ApplicationTenant, ApplicationWorld } from "./application-world.ts";
import { epochNeeds } from "./open-epoch.ts";

/** For `rewrapEpoch` when nothing stops it. */
export const never = { signal: new AbortController().signal, onProgress: () => undefined };
export const unavailable = { code: "UNAVAILABLE", reason: "key-unavailable" };
export const cell = () => ({ table: "documents", column: "name", rowId: newId("document") });

/** A tenant's key of a version, in hexadecimal. */
export const keyOf = (keys: DataKeys, of: ApplicationTenant, version: KeyVersion = "newest") =>
  keys.use(of, [version], (ring) => ring.key(version).toString("hex"));

/** What tests of epochs do with a world that is there by then. */
export function epochTools(app: () => ApplicationWorld) {
  const worker = () => app().world.pool("keyring", "worker");
  const tenants = () => app().world.pool("keyring", "app_tenant");
  const kmsFor = async (scope: TenantScope) => (await app().kit.aws.clientsFor(scope, app().kit.vendor)).kms;
  const keysOver = (load: (tenantId: string, version: KeyVersion) => Promise<WrappedKey | undefined>, leaseMs = 30_000): DataKeys =>
    createDataKeys({ loadWrappedKey: load, kmsFor, leaseMs });
  const currentEpoch = async (): Promise<EpochRef> => ({ pool, epoch: (await findEpoch(worker(), pool, "current"))?.epoch ?? 0 });
  const begin = (ref: EpochRef) =>
    beginTurn(worker(), ref, (epoch, environment) => makeBranchKey(epochNeeds(app().world), { pool, epoch }, environment));
  const rewrap = (ref: EpochRef) => rewrapEpoch(epochNeeds(app().world), ref, never);

  async function end(ref: EpochRef): Promise<void> {
    const needs = epochNeeds(app().world);
    const keyArn = (await findEpoch(worker(), pool, ref.epoch))?.keyArn ?? "";
    await noteEpochKey(worker(), ref, await endEpochKey(needs, { ...ref, keyArn }, needs.keyDeletionDays));
  }

  return {
    worker,
    tenants,
    kmsFor,
    keysOver,
    /** As a process that has just begun: nothing is held. */
    freshKeys: (leaseMs?: number) => keysOver((tenantId, version) => findWrappedKey(tenants(), tenantId, version), leaseMs),
    currentEpoch,
    begin,
    rewrap,
    end,
    /** What the workflow does. */
    async turn(): Promise<EpochRef> {
      const ref = await currentEpoch();
      await begin(ref);
      await rewrap(ref);
      await end(ref);
      return ref;
    },
    /** The KMS keys that are named as this keyring's, asked of KMS: other worlds have theirs in the same emulator. */
    async listEpochKeys(): Promise<string[]> {
      const [found, environment]: [string[], string] = [[], await readEnvironment(worker())];
      for await (const { Aliases = [] } of paginateListAliases({ client: app().kms }, {})) {
        for (const { AliasName = "", TargetKeyId } of Aliases) {
          if (!AliasName.includes(`/epoch/${environment}/`)) continue;
          const { KeyMetadata } = await app().kms.send(new DescribeKeyCommand({ KeyId: TargetKeyId }));
          found.push(KeyMetadata?.Arn ?? "");
        }
      }
      return found;
    },
  };
}
