import type { EpochState } from "@leasehold/db/keyring/schema/epochs";
import { newId } from "@leasehold/domain/ids";
import type { GuardProbe, MakeGuards } from "./guard-probes.ts";

const [keys, epochs] = ["keyring.data_keys", "keyring.epochs"];
const epoch = (state: EpochState, number: number) => {
  const [branch, turned, retired] = [
    state === "RETIRED" ? "null" : "'\\x01'",
    state === "CURRENT" ? "null" : "now()",
    state === "RETIRED" ? "now()" : "null",
  ];
  const due = state === "HELD" ? "now()" : "null";
  return `insert into ${epochs} (pool, epoch, state, branch_key, kms_key_arn, turned_at, retired_at, turn_wanted_at, turn_due_at)
    values ('p', ${number}, '${state}', ${branch}, 'arn:k', ${turned}, ${retired}, ${due}, ${due})`;
};

/** Keys are under an epoch that takes them; an epoch ends when nothing is under it; a turn alone looks beyond one tenant. */
export const keyringGuards: MakeGuards = (ours, theirs) => {
  const of = (tenantId: string) => `where tenant_id = '${tenantId}'`;
  const under = (number: number) => `update ${keys} set kms_key_arn = 'epoch:p', epoch = ${number}`;
  const before = (number: number) =>
    `update ${keys} set previous_kms_key_arn = 'epoch:p', previous_epoch = ${number}, previous_wrapped = '\\x02'`;
  const turning = `${epoch("TURNING", 1)}; ${epoch("CURRENT", 2)}`;
  const insert = (number: number) =>
    `insert into ${keys} (tenant_id, version, wrapped, kms_key_arn, epoch) values ('${ours.tenantId}', 2, '\\x01', 'epoch:p', ${number})`;
  const onKeys = { tables: [keys], role: "worker" } as const;
  const onEpochs = { tables: [epochs], role: "worker", enter: "nobody" } as const;
  const count = (tenantId: string) => `select count(*) from ${keys} ${of(tenantId)}`;
  const held = `${epoch("HELD", 1)}; ${epoch("CURRENT", 2)}`;
  const hold = `update ${epochs} set state = 'HELD', turned_at = now(), turn_wanted_at = now(), turn_due_at = now() where epoch = 1`;
  const retire = `update ${epochs} set state = 'RETIRED', branch_key = null, retired_at = now() where epoch = 1`;
  const plain = (purpose: string, version: number) =>
    `insert into ${keys} (tenant_id, purpose, version, wrapped, kms_key_arn) values ('${ours.tenantId}', '${purpose}', ${version}, '\\x01', 'k')`;
  const lostTheirs = `update keyring.lost_keys set version = 8 ${of(theirs.tenantId)}`;
  const onLost = { tables: ["keyring.lost_keys"], role: "worker" } as const;
  const lose = (tenantId: string) =>
    `insert into keyring.lost_keys (tenant_id, purpose, version, pool, epoch, loss_id) values ('${tenantId}', 'data', 3, 'p', 1, '${newId("keyLoss")}')`;
  const onFormer = { tables: ["keyring.former_keys", keys], role: "worker" } as const;
  const change = `update ${keys} set kms_key_arn = 'k2', previous_kms_key_arn = kms_key_arn, previous_wrapped = wrapped ${of(ours.tenantId)}`;
  const forgotten = `update ${keys} set previous_kms_key_arn = null, previous_wrapped = null ${of(ours.tenantId)}`;
  const formerOf = (arn: string) => `select count(*) from keyring.former_keys where kms_key_arn = '${arn}'`;
  const leave = (tenantId: string) =>
    `insert into keyring.former_keys (tenant_id, kms_key_arn, customer_managed) values ('${tenantId}', 'g', false)`;
  const probes: GuardProbe[] = [
    { ...onKeys, what: "a key under the current epoch", given: epoch("CURRENT", 1), does: insert(1), expect: 1 },
    { ...onKeys, what: "a key under an epoch that turns", given: turning, does: insert(1), expect: "LH021" },
    { ...onKeys, what: "a key under an epoch that is not there", does: insert(1), expect: "LH021" },
    { ...onKeys, what: "a key moved under an epoch that turns", given: turning, does: `${under(1)} ${of(ours.tenantId)}`, expect: "LH021" },
    {
      ...onKeys,
      what: "a key's past under an epoch that turns",
      given: turning,
      does: `${before(1)} ${of(ours.tenantId)}`,
      expect: "LH021",
    },
    {
      ...onKeys,
      what: "a key taken back to the epoch that it was under",
      given: `${turning}; ${before(1)} ${of(ours.tenantId)}`,
      does: `${under(1)}, previous_kms_key_arn = null, previous_epoch = null ${of(ours.tenantId)}`,
      expect: 1,
    },
    {
      ...onKeys,
      what: "a turn sees another tenant's key from inside of one",
      given: `${turning}; ${under(1)}`,
      does: count(theirs.tenantId),
      expect: 0,
    },
    {
      ...onKeys,
      role: "app_tenant",
      what: "a key that is withheld is seen",
      given: `update ${keys} set withheld_at = now() ${of(ours.tenantId)}`,
      does: count(ours.tenantId),
      expect: 0,
    },
    {
      ...onKeys,
      what: "the worker sees what is withheld",
      given: `update ${keys} set withheld_at = now()`,
      does: count(ours.tenantId),
      expect: 1,
    },
    { ...onKeys, what: "a version that is lost is another key's", does: plain("data", 7), expect: "LH023" },
    { ...onKeys, what: "a version that another has lost", given: lostTheirs, does: plain("data", 8), expect: 1 },
    { ...onKeys, what: "a key of another purpose by the number of a lost one", does: plain("index", 7), expect: 1 },
    { ...onLost, what: "the worker notes a lost key", does: lose(ours.tenantId), expect: 1 },
    { ...onLost, what: "it notes one of another tenant", does: lose(theirs.tenantId), expect: "42501" },
    { ...onLost, what: "it sees those of the tenant", does: "select count(*) from keyring.lost_keys", expect: 1 },
    {
      tables: ["keyring.lost_keys"],
      role: "app_tenant",
      what: "the application sees those of the tenant",
      does: "select count(*) from keyring.lost_keys",
      expect: 1,
    },
    { ...onLost, what: "it forgets them", does: "delete from keyring.lost_keys", expect: 1 },
    { ...onFormer, what: "a key that a change has left is noted", given: change, does: forgotten, after: formerOf("k"), expect: 1 },
    { ...onFormer, what: "one that the change would be taken back to is not", does: change, after: formerOf("k"), expect: 0 },
    { ...onFormer, what: "the worker notes a former key", does: leave(ours.tenantId), expect: 1 },
    { ...onFormer, what: "it notes one of another tenant", does: leave(theirs.tenantId), expect: "42501" },
    { ...onFormer, what: "it sees those of the tenant", does: "select count(*) from keyring.former_keys", expect: 1 },
    { ...onFormer, what: "it notes a later time", does: "update keyring.former_keys set left_at = now()", expect: 1 },
    { ...onFormer, what: "it forgets them", does: "delete from keyring.former_keys", expect: 1 },
    { ...onEpochs, what: "a current epoch is opened", does: epoch("CURRENT", 1), expect: 1 },
    { ...onEpochs, what: "a retired epoch is opened", does: epoch("RETIRED", 1), expect: "42501" },
    {
      ...onEpochs,
      what: "an epoch is skipped",
      given: epoch("CURRENT", 1),
      does: retire.replace("retired_at", "turned_at = now(), retired_at"),
      expect: "LH001",
    },
    { ...onEpochs, what: "an empty epoch is retired", given: turning, does: retire, expect: 1 },
    { ...onEpochs, what: "an epoch with a key is retired", given: `${turning}; ${under(1)}`, does: retire, expect: "LH022" },
    { ...onEpochs, what: "an epoch with a key's past is retired", given: `${turning}; ${before(1)}`, does: retire, expect: "LH022" },
    { ...onEpochs, what: "an epoch that turns is held", given: turning, does: hold, expect: 1 },
    { ...onEpochs, what: "a current epoch is held", given: epoch("CURRENT", 1), does: hold, expect: "LH001" },
    {
      ...onEpochs,
      what: "a held epoch turns again",
      given: held,
      does: `update ${epochs} set state = 'TURNING' where epoch = 1`,
      expect: 1,
    },
    { ...onEpochs, what: "a held epoch is retired", given: held, does: retire, expect: "LH001" },
    {
      ...onEpochs,
      what: "the branch key of a retired epoch is seen",
      role: "app_tenant",
      given: epoch("RETIRED", 1),
      does: `select count(epoch) from ${epochs}`,
      expect: 0,
    },
    {
      ...onEpochs,
      what: "the branch key of an epoch is seen",
      role: "app_tenant",
      given: epoch("CURRENT", 1),
      does: `select count(epoch) from ${epochs}`,
      expect: 1,
    },
    { ...onEpochs, what: "the worker looks at epochs", given: epoch("RETIRED", 1), does: `select count(*) from ${epochs}`, expect: 1 },
  ];
  const within = (what: string, given: string, does: string, expect: number | string): GuardProbe => ({
    ...onKeys,
    enter: "nobody",
    what,
    given: `${given}; select set_config('app.pool', 'p', true)`,
    does,
    expect,
  });
  return [
    ...probes,
    within("a turn sees the keys under its epoch", `${turning}; ${under(1)}`, `select count(*) from ${keys}`, 2),
    within("a turn sees the keys that were under its epoch", `${turning}; ${before(1)}`, `select count(*) from ${keys}`, 2),
    within("a turn sees no other keys", turning, `select count(*) from ${keys}`, 0),
    within("keys are seen while nothing turns", `${epoch("CURRENT", 1)}; ${under(1)}`, `select count(*) from ${keys}`, 0),
    within("a turn moves a key", `${turning}; ${under(1)}`, `update ${keys} set epoch = 2 ${of(theirs.tenantId)}`, 1),
    within("a turn moves a key's past", `${turning}; ${before(1)}`, `update ${keys} set previous_epoch = 2 ${of(theirs.tenantId)}`, 1),
    within("a turn changes keys of another model", turning, `update ${keys} set withheld_at = null`, 0),
    // The policy alone: noting the key that is left would be refused as well.
    within(
      "a turn takes a key out of the model",
      `${turning}; ${under(1)}; alter table ${keys} disable trigger note_former_key`,
      `update ${keys} set kms_key_arn = 'k', epoch = null`,
      "42501",
    ),
    ...platformKeyGuards,
  ];
};

const platformKey = "insert into keyring.platform_keys (name, version, wrapped, kms_key_arn) values ('control-plane', 1, '\\x01', 'k')";
const platform = { tables: ["keyring.platform_keys"], role: "worker", enter: "nobody" } as const;
const platformKeyGuards: GuardProbe[] = [
  { ...platform, what: "the worker keeps a key of the control plane", does: platformKey, expect: 1 },
  { ...platform, what: "the worker finds it", given: platformKey, does: "select count(*) from keyring.platform_keys", expect: 1 },
];
