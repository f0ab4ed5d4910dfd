import type { Plane } from "@leasehold/db/roles";
import type { Ports } from "./ports.ts";
import type { AccessKey, Secrets } from "./provision/secrets.ts";
import { pathsIn, readJson } from "./supervision/files.ts";

/** A provisioned local stack: everything that the settings of its processes are made from. Holds secrets. */
export interface Stack {
  /** The supervisor's run that it was provisioned in. */
  instance: string;
  /** Changes with every migration added. */
  migrations: string;
  dataDir: string;
  ports: Ports;
  region: string;
  logLevel: string;
  temporal: { address: string; namespace: string; uiUrl: string; taskQueue: string; apiKey?: string; tls?: string };
  database: { adminUrl: string; ownerUrl: string; names: Record<Plane, string> };
  aws: {
    /** Undefined for AWS itself. */
    endpoint?: string;
    /** True for the embedded emulator. */
    emulated?: boolean;
    region: string;
    /** May do everything; for tests and provisioning only. */
    root: AccessKey;
    application: AccessKey;
    worker: AccessKey;
    poolBucket: string;
    tenantRoleArn: string;
    /** What CloudFormation acts as when it makes a tenant's stack. */
    stackRoleArn?: string;
  };
  mail: { from: string; inboxUrl?: string };
  poolCapacity: number;
  secrets: Secrets;
}

/** The stack that is provisioned in a data folder, running or not. */
export function readStack(dataDir: string): Stack | undefined {
  return readJson<Stack>(pathsIn(dataDir).state);
}
