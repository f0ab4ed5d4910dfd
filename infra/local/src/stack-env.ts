import { withDatabase, withLogin } from "@leasehold/db/client";
import type { Plane, ProcessRole } from "@leasehold/db/roles";
import { publicHalf, type SignIn } from "./provision/secrets.ts";
import type { Stack } from "./stack.ts";

export const appNames = ["portal", "console", "application", "worker"] as const;
export type AppName = (typeof appNames)[number];

/** Issuer of the worker's tokens. */
export const workerIssuer = "leasehold:worker";

/** The URL of one database under one role. */
export function databaseUrl(stack: Stack, plane: Plane, role: ProcessRole): string {
  return withDatabase(withLogin(stack.database.adminUrl, role, stack.secrets.databasePasswords[role]), stack.database.names[plane]);
}

export function appUrl(stack: Stack, app: "portal" | "console" | "application"): string {
  return `http://${app === "application" ? "127.0.0.1" : "localhost"}:${stack.ports[app]}`;
}

const defined = (settings: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(settings).filter((entry): entry is [string, string] => entry[1] !== undefined));

function awsEnv(stack: Stack, user: "application" | "worker"): Record<string, string | undefined> {
  const { accessKeyId, secretAccessKey } = stack.aws[user];
  return {
    AWS_REGION: stack.aws.region,
    AWS_ENDPOINT_URL: stack.aws.endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
}

const makers: Record<AppName, (stack: Stack) => Record<string, string | undefined>> = {
  portal: (stack) => ({
    PORT: String(stack.ports.portal),
    PORTAL_URL: appUrl(stack, "portal"),
    PORTAL_DATABASE_URL: databaseUrl(stack, "control", "portal"),
    PORTAL_IDENTITY_DATABASE_URL: databaseUrl(stack, "control", "identity"),
    PORTAL_AUTH_SECRET: stack.secrets.portalAuth,
    PORTAL_HMAC_SECRET: stack.secrets.portalHmac,
    PORTAL_TOKEN_PRIVATE_JWK: JSON.stringify(stack.secrets.portalTokenKey),
    APPLICATION_URL: appUrl(stack, "application"),
    MAIL_PUBLIC_JWK: JSON.stringify(publicHalf(stack.secrets.mailKey)),
    MAIL_INBOX_URL: stack.mail.inboxUrl,
    LEASEHOLD_REGION: stack.region,
  }),
  console: (stack) => ({
    PORT: String(stack.ports.console),
    CONSOLE_URL: appUrl(stack, "console"),
    CONSOLE_DATABASE_URL: databaseUrl(stack, "control", "operator"),
    CONSOLE_IDENTITY_DATABASE_URL: databaseUrl(stack, "control", "console_identity"),
    CONSOLE_AUTH_SECRET: stack.secrets.consoleAuth,
    CONSOLE_HMAC_SECRET: stack.secrets.consoleHmac,
    CONSOLE_SECOND_FACTOR: "optional",
    PORTAL_URL: appUrl(stack, "portal"),
    TEMPORAL_UI_URL: stack.temporal.uiUrl,
    TEMPORAL_NAMESPACE: stack.temporal.namespace,
    PAYLOADS_URL: `http://127.0.0.1:${stack.ports.workerHealth}/payloads/decode`,
    CONSOLE_TOKEN_PRIVATE_JWK: JSON.stringify(stack.secrets.consoleTokenKey),
    MAIL_PUBLIC_JWK: JSON.stringify(publicHalf(stack.secrets.mailKey)),
    LEASEHOLD_REGION: stack.region,
  }),
  application: (stack) => ({
    APPLICATION_HOST: "127.0.0.1",
    APPLICATION_PORT: String(stack.ports.application),
    APPLICATION_DATABASE_URL: databaseUrl(stack, "application", "app_tenant"),
    APPLICATION_KEYRING_DATABASE_URL: databaseUrl(stack, "keyring", "app_tenant"),
    TOKEN_ISSUERS: JSON.stringify([
      { issuer: appUrl(stack, "portal"), jwksUri: `${appUrl(stack, "portal")}/.well-known/jwks.json` },
      { issuer: workerIssuer, jwks: { keys: [publicHalf(stack.secrets.workerTokenKey)] } },
    ]),
    LEASEHOLD_REGION: stack.region,
    ...awsEnv(stack, "application"),
  }),
  worker: (stack) => ({
    TEMPORAL_ADDRESS: stack.temporal.address,
    TEMPORAL_NAMESPACE: stack.temporal.namespace,
    TEMPORAL_API_KEY: stack.temporal.apiKey,
    TEMPORAL_TLS: stack.temporal.tls,
    WORKER_TASK_QUEUE: stack.temporal.taskQueue,
    WORKER_CONTROL_DATABASE_URL: databaseUrl(stack, "control", "worker"),
    WORKER_APPLICATION_DATABASE_URL: databaseUrl(stack, "application", "worker"),
    WORKER_KEYRING_DATABASE_URL: databaseUrl(stack, "keyring", "worker"),
    AUDITOR_DATABASE_PASSWORD: stack.secrets.databasePasswords.auditor,
    OWNER_DATABASE_URL: withDatabase(stack.database.ownerUrl, stack.database.names.application),
    WORKER_HEALTH_PORT: String(stack.ports.workerHealth),
    ...awsEnv(stack, "worker"),
    AWS_EMULATED: stack.aws.emulated === true ? "true" : undefined,
    POOL_BUCKET: stack.aws.poolBucket,
    TENANT_ROLE_ARN: stack.aws.tenantRoleArn,
    STACK_ROLE_ARN: stack.aws.stackRoleArn,
    POOL_CAPACITY: String(stack.poolCapacity),
    APPLICATION_URL: appUrl(stack, "application"),
    PORTAL_URL: appUrl(stack, "portal"),
    CONSOLE_TOKEN_PUBLIC_JWK: JSON.stringify(publicHalf(stack.secrets.consoleTokenKey)),
    WORKER_TOKEN_PRIVATE_JWK: JSON.stringify(stack.secrets.workerTokenKey),
    MAIL_PRIVATE_JWK: JSON.stringify(stack.secrets.mailKey),
    MAIL_FROM: stack.mail.from,
  }),
};

/** The settings of one process: its own, and no other's. */
export function stackEnv(stack: Stack, app: AppName): Record<string, string> {
  return defined({ ...makers[app](stack), LOG_LEVEL: stack.logLevel });
}

/** The settings of the console's seed command, beside the console's own. */
export function seedEnv(stack: Stack, { email, password }: SignIn): Record<string, string> {
  return { ...stackEnv(stack, "console"), CONSOLE_SEED_OPERATOR_EMAIL: email, CONSOLE_SEED_OPERATOR_PASSWORD: password };
}
