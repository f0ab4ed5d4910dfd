import { exportFormat } from "./format.ts";

/** What a person who unpacks an export reads first. */
export const readmeText = `# An export of a Leasehold workspace

This archive holds everything of one workspace, in the format ${exportFormat}.

- \`documents/<id>/<name>\`: every document's content. File names are made safe for every system.
- \`documents.ndjson\`: one line of JSON for each document: its real name, folder, type, size, times, file and SHA-256.
- \`folders.ndjson\`: the folders, each with the one that it is in.
- \`members.ndjson\`, \`invitations.ndjson\`: who belonged to the workspace, and who was invited.
- \`audit.ndjson\`: who did what, with the chains that show that no row was changed since. \`pnpm audit:verify audit.ndjson\` checks them.
- \`usage.csv\`: what was in use, and the limits. \`api-keys.ndjson\`: what API keys there were, without their secrets.
- \`settings.json\`: name, address, plan and region.
- \`files.ndjson\`: every file's size and SHA-256. \`manifest.json\`: what this export is, with the sum of that list.

Where a line says \`nameLost\` or \`sealedLost\`, the key of what stood there was lost before this export: the name stands in for it, and
\`missing\` in \`manifest.json\` says which kinds are concerned.

NDJSON is one JSON object a line. Times are ISO 8601 in UTC. Without any tool of ours, \`sha256sum\` checks a file.
With Leasehold's: \`pnpm export:verify <this file>\` checks all of it, and \`pnpm export:import <this file>\` brings folders and
documents into another workspace. People are invited again by people; the audit log stays what it is: evidence.

Keep this file where only those can read it who may: it is not encrypted any more.
`;
