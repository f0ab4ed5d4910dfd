/** Why somebody gets a mail that was written to all owners. */
export const toOwner = "You get this mail because you are an owner of the workspace.";
export const toFormerOwner = "You get this mail because you were an owner of the workspace.";
