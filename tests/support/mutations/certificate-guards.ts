import { createHash } from "node:crypto";
import type { Seeded } from "../seed-tenant.ts";
import type { GuardProbe } from "./guard-probes.ts";
import { quoted } from "./insert-variants.ts";

interface SeededCertificate {
  certificate_id: string;
  key_id: string;
  pseudonym: string;
}

/** One chain: a certificate is the next of it and says what its row says; it opens by its id, and stays as it is. */
export function certificateGuards(ours: Seeded, theirs: Seeded): GuardProbe[] {
  const table = "control.certificates";
  const theirId = (theirs.rows[table] as SeededCertificate | undefined)?.certificate_id ?? "";
  const own = ours.rows[table] as SeededCertificate | undefined;
  const on = { tables: [table], role: "worker" } as const;
  const keys = { tables: ["control.certificate_keys"] };
  const head = { tables: ["control.certificate_head"] };
  const capability = createHash("sha256").update(theirId).digest("hex");
  const seen = `select count(*) from ${table} where certificate_id = ${quoted(theirId)}`;
  const other = { public_key: "convert_to('another', 'UTF8')", key_id: "encode(sha256(convert_to('another', 'UTF8')), 'hex')" };
  return [
    { ...on, what: "the next of the chain is added", does: nextOf(ours, own, {}), expect: 1 },
    { ...on, what: "one is added that is not the next", does: nextOf(ours, own, { sequence: "h.sequence + 2" }), expect: "LH031" },
    { ...on, what: "one is added that follows another", does: nextOf(ours, own, { previous: "repeat('ab', 32)" }), expect: "LH031" },
    {
      ...on,
      what: "one is added from before the last",
      does: nextOf(ours, own, { at: "h.issued_at - interval '1 day'" }),
      expect: "LH031",
    },
    { ...on, what: "one is added that says another id", does: nextOf(ours, own, { said: "'crt_0'" }), expect: "LH030" },
    { tables: [table], role: "portal", enter: { tenant: "", capability }, what: "whoever has the id sees it", does: seen, expect: 1 },
    { tables: [table], role: "portal", what: "a member of another tenant sees it", does: seen, expect: 0 },
    { tables: [table], role: "portal", enter: "nobody", what: "nobody sees it", does: seen, expect: 0 },
    {
      ...keys,
      role: "worker",
      what: "a second key is in use",
      does: `insert into control.certificate_keys (key_id, public_key, kms_key_arn) values (${other.key_id}, ${other.public_key}, 'k')`,
      expect: "23505",
    },
    {
      ...keys,
      role: "worker",
      what: "a key is retired",
      does: "update control.certificate_keys set retired_at = clock_timestamp()",
      expect: 1,
    },
    {
      ...keys,
      role: "worker",
      what: "a key is put to use again",
      does: "update control.certificate_keys set retired_at = null",
      expect: "42501",
    },
    {
      ...keys,
      role: "worker",
      given: "update control.certificate_keys set retired_at = clock_timestamp()",
      what: "a retired key comes back",
      does: "update control.certificate_keys set retired_at = null",
      expect: 0,
    },
    {
      ...keys,
      role: "portal",
      enter: "nobody",
      what: "everybody sees the keys",
      does: "select count(key_id) from control.certificate_keys",
      expect: 1,
    },
    { ...head, role: "worker", what: "the head moves", does: "update control.certificate_head set sequence = sequence + 1", expect: 1 },
    {
      ...head,
      role: "portal",
      enter: "nobody",
      what: "everybody sees the head",
      does: "select count(*) from control.certificate_head",
      expect: 1,
    },
  ];
}

/** Adds a finality for the operation, made from the head as it is; what is changed is made wrong. */
function nextOf(
  { tenantId, operationId }: Seeded,
  own: SeededCertificate | undefined,
  changes: { sequence?: string; previous?: string; at?: string; said?: string },
): string {
  const id = quoted(`crt_${"Z".repeat(26)}`);
  const { sequence = "h.sequence + 1", previous = "h.hash", at = "h.issued_at", said = id } = changes;
  const [pseudonym, keyId, operation] = [quoted(own?.pseudonym ?? ""), quoted(own?.key_id ?? ""), quoted(operationId)];
  return `insert into control.certificates (tenant_id, certificate_id, operation_id, kind, pseudonym, sequence, previous_hash, hash, key_id, document, signature, issued_at)
    select ${quoted(tenantId)}, ${id}, ${operation}, 'finality', ${pseudonym}, ${sequence}, ${previous}, encode(sha256(d.bytes), 'hex'), ${keyId}, d.bytes, 's', ${at}
    from control.certificate_head h cross join lateral (
      select convert_to(jsonb_build_object('certificateId', ${said}, 'kind', 'finality', 'pseudonym', ${pseudonym}, 'sequence', ${sequence},
        'previousHash', ${previous}, 'keyId', ${keyId}, 'issuedAt', ${at}, 'operation', jsonb_build_object('operationId', ${operation}))::text, 'UTF8') as bytes) d`;
}
