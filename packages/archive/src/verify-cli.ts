import { createReadStream, statSync } from "node:fs";
import { parseArgs } from "node:util";
import { verifyArchive } from "./verify-archive.ts";

const usage = "pnpm export:verify <export.tar>";

try {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [path] = positionals.filter((argument) => argument !== "--");
  if (path === undefined) {
    console.error(usage);
    process.exitCode = 2;
  } else {
    statSync(path);
    const { manifest, files, bytes, problems } = await verifyArchive(createReadStream(path, { highWaterMark: 1024 * 1024 }));
    for (const { file, message } of problems) console.log(`${file}: ${message}`);
    if (manifest !== null) {
      const { counts } = manifest;
      console.log(
        `${manifest.format}  ${manifest.exportId}  of ${manifest.tenantId}, finished ${manifest.finishedAt} (${manifest.consistency})`,
      );
      console.log(
        `${counts.documents} documents (${counts.unreadable} without content), ${counts.folders} folders, ${counts.members} members, ${counts.invitations} invitations, ${counts.apiKeys} API keys, ${counts.auditLines} lines of the audit log`,
      );
    }
    console.log(`${files} files, ${bytes} bytes, ${problems.length === 0 ? "every sum and count holds" : `${problems.length} problems`}`);
    process.exitCode = problems.length === 0 ? 0 : 1;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
