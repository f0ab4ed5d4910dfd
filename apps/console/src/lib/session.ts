async function post(path: string, body: object): Promise<Response | undefined> {
  return fetch(`/api/auth${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => undefined);
}

/** Signs in. @returns what went wrong, in words for the form; undefined when the operator is signed in. */
export async function signIn(email: string, password: string): Promise<string | undefined> {
  const response = await post("/sign-in/email", { email: email.trim(), password });
  if (!response) return "The console cannot be reached. Check your connection and try again.";
  if (response.ok) return undefined;
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

/** Signs out and leaves the page, whatever the answer was: a lost session is signed out already. */
export async function signOut(): Promise<void> {
  await post("/sign-out", {});
  window.location.assign("/sign-in");
}
