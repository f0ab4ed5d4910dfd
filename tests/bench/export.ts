import { randomFillSync } from "node:crypto";
import { Readable } from "node:stream";
import { parseArgs } from "node:util";
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { verifyArchive } from "@leasehold/archive/verify-archive";
import { newId } from "@leasehold/domain/ids";
import { objectPrefixOf } from "@leasehold/domain/placement";
import { appUrl } from "@leasehold/infra/local/stack-env";
import { askForExport, awaitExport, fetchArchive } from "../support/exports.ts";
import { awaitOutcome } from "../support/onboarding-outcome.ts";
import { type RequestedTenant, requestOnboarding } from "../support/request-onboarding.ts";
import { issuersWithoutPortal } from "../support/use-workspace.ts";
import { createWorld, type World } from "../support/world.ts";
import type { Bench } from "./bench.ts";
import { memoryMibOf, round } from "./measure.ts";

const mebibyte = 1024 ** 2;
const documentBytes = 8 * mebibyte;
const smallDocuments = 500;
const sampleMs = 50;
/** Up to this size the archive is downloaded once more, and verified. */
const verifiedBytes = 200_000_000;

/**
 * Everything of a tenant with `--bytes` of documents, 100 MB unless told, as one archive: how fast it is built and downloaded beside a bare
 * copy of the same objects, and how much memory the application plane and the worker have at most. The figures for memory are to be
 * the same however large the export is: each run begins with processes of its own.
 */
export const bench: Bench = async () => {
  const { values } = parseArgs({ options: { bytes: { type: "string", default: "100000000" } }, strict: false, allowPositionals: true });
  const bytes = Number(values.bytes);
  await using world = await createWorld({ ownServers: true });
  const application = await world.start("application", issuersWithoutPortal(world.stack));
  const worker = await world.start("worker");
  const tenant = await requestOnboarding(world.pool("control", "portal"), { plan: "pro" });
  await awaitOutcome(world, tenant);
  await fill(world, tenant, bytes);
  const s3 = new S3Client(world.aws("root"));
  const bare = await copyBare(s3, world.stack.aws.poolBucket, objectPrefixOf(tenant.tenantId));

  const idle = { application: memoryMibOf(application.pid), worker: memoryMibOf(worker.pid) };
  const peak = { application: 0, worker: 0 };
  const sampling = setInterval(() => {
    peak.application = Math.max(peak.application, memoryMibOf(application.pid));
    peak.worker = Math.max(peak.worker, memoryMibOf(worker.pid));
  }, sampleMs);
  const begun = performance.now();
  const built = await awaitExport(world, tenant.tenantId, await askForExport(world, tenant), 3_600_000);
  const buildSeconds = (performance.now() - begun) / 1_000;
  const fetched = performance.now();
  const answer = await fetchArchive(world, tenant, built);
  let received = 0;
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) received += chunk.byteLength;
  const downloadSeconds = (performance.now() - fetched) / 1_000;
  clearInterval(sampling);

  const wrong = bytes > verifiedBytes ? [] : await problemsOf(await fetchArchive(world, tenant, built));
  if (built.state !== "READY" || received !== built.bytes)
    wrong.push(`the export is ${built.state}, ${received} of ${built.bytes} bytes came`);
  const mbs = (count: number, seconds: number) => round(count / 1e6 / seconds, 1);
  const figures = {
    documents: built.documents,
    document_mb: round(built.documentBytes / 1e6, 1),
    archive_mb: round((built.bytes ?? 0) / 1e6, 1),
    build_mb_per_second: mbs(built.documentBytes, buildSeconds),
    download_mb_per_second: mbs(received, downloadSeconds),
    application_idle_mib: round(idle.application),
    application_peak_mib: round(peak.application),
    worker_idle_mib: round(idle.worker),
    worker_peak_mib: round(peak.worker),
  };
  const baseline = { copy_mb_per_second: mbs(bare.bytes, bare.copySeconds), read_mb_per_second: mbs(bare.bytes, bare.readSeconds) };
  const ratio = {
    build: round(figures.build_mb_per_second / baseline.copy_mb_per_second, 2),
    download: round(figures.download_mb_per_second / baseline.read_mb_per_second, 2),
  };
  for (const [name, value] of Object.entries({ ...figures, ...baseline })) console.log(`  ${name.padEnd(36)} ${value}`);
  return { bench: "export", figures, baseline, ratio, wrong };
};

async function problemsOf({ body }: Response): Promise<string[]> {
  const { problems } = await verifyArchive(Readable.fromWeb(body as never));
  return problems.map(({ file, message }) => `${file}: ${message}`);
}

/** Documents of random content: a few hundred small ones, the rest in large ones. */
async function fill(world: World, tenant: RequestedTenant, bytes: number): Promise<void> {
  const content = Buffer.alloc(documentBytes);
  randomFillSync(content);
  const put = async (name: string, length: number) => {
    const token = await world.tokenFor(tenant);
    const url = `${appUrl(world.stack, "application")}/documents/body?${new URLSearchParams({ name, documentId: newId("document") })}`;
    const answer = await fetch(url, { method: "PUT", headers: { authorization: `Bearer ${token}` }, body: content.subarray(0, length) });
    if (!answer.ok) throw new Error(await answer.text());
    await answer.body?.cancel();
  };
  let left = bytes;
  for (let n = 0; n < smallDocuments; n++, left -= 10_000) await put(`Small ${n}.txt`, 10_000);
  for (let n = 0; left > 0; n++, left -= documentBytes) await put(`Large ${n}.bin`, Math.min(left, documentBytes));
}

/** The same objects, once more, as they are: read and stored without being opened. The copies go again. */
async function copyBare(
  s3: S3Client,
  Bucket: string,
  prefix: string,
): Promise<{ bytes: number; copySeconds: number; readSeconds: number }> {
  const keys: string[] = [];
  for (let token: string | undefined, more = true; more; ) {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: `${prefix}documents/`, ContinuationToken: token }));
    keys.push(...(page.Contents ?? []).map(({ Key = "" }) => Key));
    token = page.NextContinuationToken;
    more = token !== undefined;
  }
  let bytes = 0;
  const reading = performance.now();
  for (const Key of keys) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    for await (const chunk of Body as Readable) bytes += (chunk as Buffer).length;
  }
  const readSeconds = (performance.now() - reading) / 1_000;
  const copying = performance.now();
  for (const Key of keys) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const params = { Bucket, Key: `bare-copy/${Key}`, Body: Body as Readable };
    await new Upload({ client: s3, params, queueSize: 1, partSize: 5 * mebibyte }).done();
  }
  const copySeconds = (performance.now() - copying) / 1_000;
  for (const Key of keys) await s3.send(new DeleteObjectCommand({ Bucket, Key: `bare-copy/${Key}` }));
  return { bytes, copySeconds, readSeconds };
}
