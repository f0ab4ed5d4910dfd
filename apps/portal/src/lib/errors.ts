interface ErrorData {
  domainCode?: string | null;
  reason?: string | null;
  field?: string | null;
  fields?: Record<string, string> | null;
  requestId?: string | null;
}

function dataOf(error: unknown): ErrorData {
  return (error as { data?: ErrorData } | null)?.data ?? {};
}

/** What to say at a field; undefined when the error is about another one, or none. */
export function fieldError(error: unknown, field: string): string | undefined {
  const data = dataOf(error);
  if (data.fields) return data.fields[field];
  return error && data.field === field ? messageOf(error).replace(`${field}: `, "") : undefined;
}

/** What to say above a form: errors that belong to none of its fields. */
export function formError(error: unknown, fields: readonly string[]): string | undefined {
  if (!error || fields.includes(dataOf(error).field ?? "")) return undefined;
  return messageOf(error);
}

/** What happened, in the server's words; when it could not be reached, in ours. */
export function messageOf(error: unknown): string {
  const data = dataOf(error);
  if (data.domainCode || data.requestId) return (error as Error).message;
  return "The portal could not be reached. Nothing was changed; check your connection and try again.";
}

export function reasonOf(error: unknown): string | undefined {
  return dataOf(error).reason ?? undefined;
}

export function requestIdOf(error: unknown): string | undefined {
  return dataOf(error).requestId ?? undefined;
}

export function codeOf(error: unknown): string | undefined {
  return dataOf(error).domainCode ?? undefined;
}
