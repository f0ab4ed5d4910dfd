async function post(path: string, body: object): Promise<Response | undefined> {
  return fetch(`/api/auth${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => undefined);
}

const unreachable = "The console cannot be reached. Check your connection and try again.";

/** Gives the password. @returns whether a code is asked for, or what went wrong, in words for the form */
export async function signIn(email: string, password: string): Promise<{ problem: string } | { codeNeeded: boolean }> {
  const response = await post("/sign-in/email", { email: email.trim(), password });
  if (response?.ok) {
    const { twoFactorRedirect } = (await response.json().catch(() => ({}))) as { twoFactorRedirect?: boolean };
    return { codeNeeded: twoFactorRedirect === true };
  }
  return { problem: await whyNot(response) };
}

async function whyNot(response: Response | undefined): Promise<string> {
  if (!response) return unreachable;
  if (response.status === 429) {
    const { message } = (await response.json().catch(() => ({}))) as { message?: string };
    return message ?? "Too many attempts. Try again in a minute.";
  }
  if (response.status === 403) {
    const { code, message } = (await response.json().catch(() => ({}))) as { code?: string; message?: string };
    if (code === "OPERATOR_DEACTIVATED" && message !== undefined) return message;
  }
  if (response.status >= 500) return "Signing in does not work at the moment. Nothing is wrong with your password; try again soon.";
  return "This email and password do not belong to an operator.";
}

/**
 * Gives a code of the app, or a recovery code: signs in whoever was asked for one, and turns the second factor on whose secret was just made.
 * @returns what went wrong; undefined when it was right
 */
export async function giveCode(given: string): Promise<string | undefined> {
  const code = given.replace(/\s/g, "");
  const response = await post(/^\d{6}$/.test(code) ? "/two-factor/verify-totp" : "/two-factor/verify-backup-code", { code });
  if (response?.ok) return undefined;
  if (!response) return unreachable;
  if (response.status === 429) return "Too many attempts. Wait a little, and try again.";
  if (response.status >= 500) return "Codes cannot be checked at the moment. Try again soon.";
  const answer = (await response.json().catch(() => ({}))) as { code?: string };
  if (answer.code === "INVALID_TWO_FACTOR_COOKIE" || answer.code?.startsWith("TOO_MANY"))
    return "That took too long, or too many tries. Sign in again with your password.";
  return "This code is not right, or was used before. Wait for the next one.";
}

export interface NewSecret {
  uri: string;
  secret: string;
  recoveryCodes: readonly string[];
}

/** Makes a secret, which asks for nothing before a code of it was given. */
export async function beginSecondFactor(password: string): Promise<{ problem: string } | NewSecret> {
  const response = await post("/two-factor/enable", { password, method: "totp" });
  if (!response?.ok) return { problem: await whyNotChanged(response) };
  const { totpURI, backupCodes } = (await response.json()) as { totpURI: string; backupCodes: string[] };
  return { uri: totpURI, secret: new URL(totpURI).searchParams.get("secret") ?? "", recoveryCodes: backupCodes };
}

/** New recovery codes in place of those of before. */
export async function renewRecoveryCodes(password: string): Promise<{ problem: string } | { recoveryCodes: readonly string[] }> {
  const response = await post("/two-factor/generate-backup-codes", { password });
  if (!response?.ok) return { problem: await whyNotChanged(response) };
  const { backupCodes } = (await response.json()) as { backupCodes: string[] };
  return { recoveryCodes: backupCodes };
}

/** @returns what went wrong; undefined when the second factor is off */
export async function turnOffSecondFactor(password: string): Promise<string | undefined> {
  const response = await post("/two-factor/disable", { password });
  return response?.ok ? undefined : whyNotChanged(response);
}

async function whyNotChanged(response: Response | undefined): Promise<string> {
  if (!response) return unreachable;
  if (response.status === 429) return "Too many attempts. Wait a little, and try again.";
  if (response.status >= 500) return "This does not work at the moment. Try again soon.";
  const { code, message } = (await response.json().catch(() => ({}))) as { code?: string; message?: string };
  return code === "SIGN_IN_NOT_FRESH" && message !== undefined ? message : "This is not your password.";
}

/** Signs out and leaves the page, whatever the answer was: a lost session is signed out already. */
export async function signOut(): Promise<void> {
  await post("/sign-out", {});
  window.location.assign("/sign-in");
}
