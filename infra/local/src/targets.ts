import type { LocalSettings } from "./env.ts";
import { LocalError } from "./local-error.ts";
import type { ServerName } from "./supervision/files.ts";

/** True for AWS itself: credentials alone may be anybody's leftovers, so the bucket and the role must be named too. */
function isRealAws(settings: LocalSettings): boolean {
  return settings.AWS_ACCESS_KEY_ID !== undefined && settings.POOL_BUCKET !== undefined && settings.TENANT_ROLE_ARN !== undefined;
}

/** The servers that are embedded: those whose settings do not point elsewhere. */
export function chooseServers(settings: LocalSettings): ServerName[] {
  const servers: ServerName[] = [];
  if (settings.DATABASE_URL === undefined) servers.push("postgres");
  if (settings.TEMPORAL_ADDRESS === undefined) servers.push("temporal");
  if (settings.AWS_ENDPOINT_URL === undefined && !isRealAws(settings)) servers.push("aws");
  return servers;
}

/**
 * The AWS that the settings name instead of the emulator. Nothing is created there: infra/stacks does that.
 * @throws {LocalError} SETTING_INVALID, naming what is missing.
 */
export function readForeignAws(settings: LocalSettings) {
  const need = (name: "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" | "POOL_BUCKET" | "TENANT_ROLE_ARN") => {
    const value = settings[name];
    if (value !== undefined) return value;
    throw new LocalError("SETTING_INVALID", `${name} is needed when AWS_ENDPOINT_URL is set.`, `Set ${name}; .env.example explains it.`);
  };
  const worker = { accessKeyId: need("AWS_ACCESS_KEY_ID"), secretAccessKey: need("AWS_SECRET_ACCESS_KEY") };
  return {
    endpoint: settings.AWS_ENDPOINT_URL,
    region: settings.AWS_REGION ?? settings.LEASEHOLD_REGION,
    root: worker,
    worker,
    application: {
      accessKeyId: settings.APPLICATION_AWS_ACCESS_KEY_ID ?? worker.accessKeyId,
      secretAccessKey: settings.APPLICATION_AWS_SECRET_ACCESS_KEY ?? worker.secretAccessKey,
    },
    poolBucket: need("POOL_BUCKET"),
    tenantRoleArn: need("TENANT_ROLE_ARN"),
    stackRoleArn: settings.STACK_ROLE_ARN,
  };
}
