import { randomBytes } from "node:crypto";
import { ownerRole, processRoles, type RoleName } from "@leasehold/db/roles";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";
import { pathsIn, readJson, writeJson } from "../supervision/files.ts";

export interface AccessKey {
  accessKeyId: string;
  secretAccessKey: string;
}

/** Made once per data folder, kept in a file that only its owner reads. */
export interface Secrets {
  databasePasswords: Record<RoleName, string>;
  portalAuth: string;
  portalHmac: string;
  consoleAuth: string;
  consoleHmac: string;
  /** EdDSA, with kid: sign the tokens of the portal and of the worker. */
  portalTokenKey: JWK;
  workerTokenKey: JWK;
  /** EdDSA: the console asks the worker to open payloads. */
  consoleTokenKey: JWK;
  /** ECDH-ES: mails are sealed to its public half. */
  mailKey: JWK;
  operator: SignIn;
  /** Closing a tenant takes two. */
  secondOperator: SignIn;
}

export interface SignIn {
  email: string;
  password: string;
}

const random = () => randomBytes(32).toString("base64url");

async function createKey(alg: "EdDSA" | "ECDH-ES+A256KW", options: { crv: "Ed25519" | "P-256" }): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { ...options, extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, alg, kid: await calculateJwkThumbprint(jwk) };
}

/** The public half of a private key. */
export function publicHalf({ d: _private, ...rest }: JWK): JWK {
  return rest;
}

function createSignIn(email: string): SignIn {
  return { email, password: randomBytes(12).toString("base64url") };
}

async function createSecrets(): Promise<Secrets> {
  const passwords = [ownerRole, ...processRoles].map((role) => [role, random()]);
  return {
    databasePasswords: Object.fromEntries(passwords) as Record<RoleName, string>,
    portalAuth: random(),
    portalHmac: random(),
    consoleAuth: random(),
    consoleHmac: random(),
    portalTokenKey: await createKey("EdDSA", { crv: "Ed25519" }),
    workerTokenKey: await createKey("EdDSA", { crv: "Ed25519" }),
    consoleTokenKey: await createKey("EdDSA", { crv: "Ed25519" }),
    mailKey: await createKey("ECDH-ES+A256KW", { crv: "P-256" }),
    operator: createSignIn("operator@leasehold.example"),
    secondOperator: createSignIn("second.operator@leasehold.example"),
  };
}

/** Reads the secrets of a data folder; makes them, and those that a newer version added, when they are missing. */
export async function loadSecrets(dataDir: string): Promise<Secrets> {
  const path = pathsIn(dataDir).secrets;
  const found = readJson<Secrets>(path);
  const fresh = await createSecrets();
  const secrets = { ...fresh, ...found, databasePasswords: { ...fresh.databasePasswords, ...found?.databasePasswords } };
  if (JSON.stringify(secrets) !== JSON.stringify(found)) writeJson(path, secrets);
  return secrets;
}
