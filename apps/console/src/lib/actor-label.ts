const labels: Record<string, string> = {
  user: "the organization",
  "api-key": "an API key",
  operator: "an operator",
  system: "the system",
};

/** Whose doing it was, without saying who: an actor is `type:id`. */
export function actorLabel(actor: string): string {
  const [type = ""] = actor.split(":");
  return labels[type] ?? type;
}
