/** Where somebody begins: a workspace that is open comes before one that is on its way in or out. */
export function homeOf(workspaces: readonly { slug: string; state: string }[]): string {
  const first = workspaces.find(({ state }) => state === "ACTIVE") ?? workspaces[0];
  return first ? `/w/${first.slug}` : "/onboarding";
}
