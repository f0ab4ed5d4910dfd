import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Client } from "@temporalio/client";
import type pg from "pg";
import type { TurnPolicy } from "../keys/request-epoch-turn.ts";
import type { OffboardingDependencies } from "./dependencies.ts";

/** For how many days copies outlive what they are copies of, as the operator has set it up. */
export interface Retention {
  /** Base backups and WAL of the control and application databases, from which a point in time is restored. */
  backupDays: number;
  /** Backups of the keyring: the shortest, since they hold wrapped keys. */
  keyringBackupDays: number;
  /** Histories of closed runs in Temporal's own store and its backups. */
  temporalDays: number;
  logDays: number;
  /** How long audit anchors are locked; undefined where they are not. */
  anchorDays: number | undefined;
}

/** What shredding reaches beside everything that onboarding made. */
export interface ShreddingDependencies extends OffboardingDependencies {
  /** How long KMS waits before it deletes a key: 7 to 30 days (ScheduleKeyDeletion, `PendingWindowInDays`). */
  keyDeletionDays: number;
  epochTurns: TurnPolicy;
  dynamoDb: DynamoDBClient;
  /** The shared table of items; undefined where products keep none. */
  tenantTable: string | undefined;
  temporal: Client;
  retention: Retention;
  /** Logins of the role auditor, which counts and reads no content: whoever deletes is not the one who looks again. */
  auditor: {
    control: pg.Pool;
    application: pg.Pool;
    keyring: pg.Pool;
    /** On the server of the application databases. */
    applicationDatabaseUrl: string;
  };
}
