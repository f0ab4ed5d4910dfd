import type { DomainErrorCode } from "@leasehold/domain/errors";
import type { OnboardingStep } from "@leasehold/domain/onboarding/steps";
import { siloDatabaseOf } from "@leasehold/domain/placement";
import type { PlanId } from "@leasehold/domain/plans";
import type { AwsFaultMode } from "../support/faults/aws-proxy.ts";
import { parameter, type SqlFaultMode } from "../support/faults/postgres-proxy.ts";
import type { Fault } from "./fault-world.ts";

/** `permanent` and `transient` strike before the effect, `lost-answer` after it. */
export const faultKinds = ["permanent", "transient", "lost-answer", "hang"] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface StepFault {
  /** What goes wrong, in a few words; unique within its step. */
  name: string;
  /** The tenant's plan; a pooled one without a KMS key of its own unless told. */
  plan?: PlanId;
  /** The fault for one tenant: others are left alone. Some calls name its key only, which is there when steps are undone. */
  fault: (tenantId: string, keyArn: string) => Fault;
  /** With which code the operation parks at the step; without it, the step gets through by itself. */
  parks?: DomainErrorCode;
}

type Rows = readonly [StepFault, ...StepFault[]];
/** Every step has rows of every kind: one that is missing does not compile. */
export type StepFaults = Record<OnboardingStep, Record<FaultKind, Rows>>;

const silo: PlanId = "enterprise";
const commit = /commit\0/i;

interface Strikes {
  times?: number;
  after?: number;
}

export const aws =
  (service: string, action: string, mode: AwsFaultMode, strikes: Strikes = {}) =>
  (about: string): Fault => ({ at: "aws", service, action, mode, about, ...strikes });

/** A statement in a transaction, or a call, that names the tenant. */
export const sql =
  (statement: RegExp, mode: SqlFaultMode, times?: number) =>
  (tenantId: string): Fault => ({ at: "sql", statement, mode, times, within: [parameter(tenantId)] });

/** A statement of the step's own transaction or call on the control database. */
export const ofStep =
  (step: string, verb: "begin_step" | "finish_step" | "finish_undo", mode: SqlFaultMode, statement = new RegExp(verb)) =>
  (tenantId: string): Fault => ({
    at: "sql",
    statement,
    mode,
    times: mode === "refuse" ? undefined : 1,
    within: [parameter(tenantId), verb, parameter(step)],
  });

/** Strikes where the step's end is written, its effect being there. */
export const endOf = (step: string, mode: SqlFaultMode): ((tenantId: string) => Fault) => ofStep(step, "finish_step", mode);

const refusedSql = (what: string, statement: RegExp): StepFault => ({
  name: `${what} refused`,
  fault: sql(statement, "refuse"),
  parks: "FORBIDDEN",
});
const cutSql = (what: string, statement: RegExp): StepFault => ({ name: `connection cut before ${what}`, fault: sql(statement, "cut", 2) });
const lostSql = (what: string, statement: RegExp): StepFault => ({
  name: `answer to ${what} lost`,
  fault: sql(statement, "lost-answer", 1),
});
const hungSql = (what: string, statement: RegExp): StepFault => ({ name: `${what} hangs`, fault: sql(statement, "hang", 1) });
const lateSql = (what: string, statement: RegExp): StepFault => ({ name: `${what} sent when given up`, fault: sql(statement, "pause", 1) });
const refused = (service: string, action: string): StepFault => ({
  name: `${action} refused`,
  fault: aws(service, action, "refuse"),
  parks: "PRECONDITION_FAILED",
});
const throttled = (service: string, action: string): StepFault => ({
  name: `${action} throttled`,
  fault: aws(service, action, "throttle", { times: 3 }),
});
const reset = (service: string, action: string): StepFault => ({
  name: `connection reset before ${action}`,
  fault: aws(service, action, "reset", { times: 2 }),
});
const lost = (service: string, action: string): StepFault => ({
  name: `answer to ${action} lost`,
  fault: aws(service, action, "lost-answer", { times: 1 }),
});
const hung = (service: string, action: string): StepFault => ({
  name: `${action} hangs`,
  fault: aws(service, action, "hang", { times: 1 }),
});
/** For what is done with a KMS key of the tenant's own, in the pool. */
const withOwnKey = (row: StepFault): StepFault => ({ ...row, name: `${row.name} (own key)`, plan: "business" });
const inSilo = (row: StepFault): StepFault => ({ ...row, name: `${row.name} (silo)`, plan: silo });

/** The ends of every step's own record: begun, or done, and the worker not told. */
const recorded = (step: OnboardingStep, plan?: PlanId) => {
  const row = (name: string, fault: StepFault["fault"], parks?: DomainErrorCode): StepFault => ({
    name: plan === undefined ? name : `${name} (silo)`,
    plan,
    fault,
    parks,
  });
  return {
    refusedEnd: row("its end refused", ofStep(step, "finish_step", "refuse"), "FORBIDDEN"),
    cutBegin: row("connection cut at its begin", ofStep(step, "begin_step", "cut")),
    cutEnd: row("connection cut at its end", ofStep(step, "finish_step", "cut")),
    lostBegin: row("answer to its begin lost", ofStep(step, "begin_step", "lost-answer")),
    /** For a step that ends in a transaction of its own. */
    lostCommit: row("answer to its COMMIT lost", ofStep(step, "finish_step", "lost-answer", commit)),
    lostEnd: row("answer to its end lost", ofStep(step, "finish_step", "lost-answer")),
  };
};

export const stepFaults: StepFaults = {
  place: {
    permanent: [refusedSql("a seat in the pool", /control\.take_place/), recorded("place").refusedEnd],
    transient: [cutSql("a seat in the pool", /control\.take_place/), recorded("place").cutBegin],
    "lost-answer": [recorded("place").lostCommit, recorded("place").lostBegin],
    hang: [hungSql("a seat in the pool", /control\.take_place/)],
  },
  stack: {
    permanent: [inSilo(refused("cloudformation", "CreateStack")), recorded("stack", silo).refusedEnd],
    transient: [
      inSilo(throttled("cloudformation", "CreateStack")),
      inSilo(reset("cloudformation", "DescribeStacks")),
      recorded("stack", silo).cutEnd,
    ],
    "lost-answer": [inSilo(lost("cloudformation", "CreateStack")), recorded("stack", silo).lostCommit],
    hang: [inSilo(hung("cloudformation", "CreateStack"))],
  },
  administrator: {
    permanent: [refusedSql("the membership", /insert into control\.members/)],
    transient: [cutSql("the membership", /insert into control\.members/), recorded("administrator").cutBegin],
    "lost-answer": [recorded("administrator").lostCommit, recorded("administrator").lostBegin],
    hang: [hungSql("the membership", /insert into control\.members/)],
  },
  key: {
    permanent: [
      withOwnKey(refused("kms", "CreateKey")),
      withOwnKey(refused("kms", "CreateAlias")),
      recorded("key").refusedEnd,
      inSilo(refused("kms", "GenerateDataKeyWithoutPlaintext")),
    ],
    transient: [
      withOwnKey(throttled("kms", "CreateKey")),
      withOwnKey(reset("kms", "GenerateDataKeyWithoutPlaintext")),
      cutSql("the data key", /keyring\.data_keys/),
      recorded("key").cutEnd,
    ],
    "lost-answer": [
      withOwnKey(lost("kms", "CreateKey")),
      withOwnKey(lost("kms", "CreateAlias")),
      lostSql("the data key", /insert into keyring\.data_keys/),
      recorded("key").lostCommit,
    ],
    hang: [withOwnKey(hung("kms", "CreateKey")), lateSql("the data key", /insert into keyring\.data_keys/)],
  },
  "data-home": {
    permanent: [
      refusedSql("the home row", /insert into app\.tenant_home/),
      recorded("data-home").refusedEnd,
      inSilo(refusedSql("the silo's home row", /insert into app\.tenant_home/)),
    ],
    transient: [
      cutSql("the home row", /insert into app\.tenant_home/),
      recorded("data-home").cutEnd,
      inSilo(cutSql("the silo's home row", /insert into app\.tenant_home/)),
    ],
    "lost-answer": [
      lostSql("the home row", /insert into app\.tenant_home/),
      recorded("data-home").lostEnd,
      recorded("data-home", silo).lostEnd,
    ],
    hang: [hungSql("the home row", /insert into app\.tenant_home/), lateSql("the home row", /insert into app\.tenant_home/)],
  },
  "object-prefix": {
    permanent: [refused("s3", "PutObject"), recorded("object-prefix").refusedEnd],
    transient: [throttled("s3", "PutObject"), reset("s3", "PutObject"), recorded("object-prefix").cutEnd],
    "lost-answer": [lost("s3", "PutObject"), recorded("object-prefix").lostEnd, inSilo(lost("s3", "PutObject"))],
    hang: [hung("s3", "PutObject")],
  },
  limits: {
    permanent: [refusedSql("the limits", /insert into app\.tenant_limits/), recorded("limits").refusedEnd],
    transient: [cutSql("the limits", /insert into app\.tenant_limits/), recorded("limits").cutEnd],
    "lost-answer": [lostSql("the limits", /insert into app\.tenant_limits/), recorded("limits").lostCommit],
    hang: [hungSql("the limits", /insert into app\.tenant_limits/)],
  },
  verify: {
    permanent: [
      { name: "AssumeRole refused", fault: aws("sts", "AssumeRole", "refuse"), parks: "UNAVAILABLE" },
      refusedSql("publishing the place", /insert into app\.tenant_placement/),
      recorded("verify").refusedEnd,
    ],
    transient: [throttled("sts", "AssumeRole"), withOwnKey(reset("kms", "Decrypt")), recorded("verify").cutEnd],
    "lost-answer": [
      { name: "answer to the probe's PutObject lost", fault: aws("s3", "PutObject", "lost-answer", { after: 1, times: 1 }) },
      lostSql("publishing the place", /insert into app\.tenant_placement/),
      recorded("verify").lostEnd,
    ],
    hang: [hung("sts", "AssumeRole"), withOwnKey(hung("kms", "Decrypt"))],
  },
  activate: {
    permanent: [refusedSql("the event", /control\.activate_tenant/), recorded("activate").refusedEnd],
    transient: [cutSql("the event", /control\.activate_tenant/), recorded("activate").cutBegin, recorded("activate").cutEnd],
    "lost-answer": [recorded("activate").lostCommit, recorded("activate").lostBegin],
    hang: [
      hungSql("the event", /control\.activate_tenant/),
      { name: "COMMIT sent when given up", fault: ofStep("activate", "finish_step", "pause", commit) },
    ],
  },
};

const refusedTwice = (service: string, action: string, plan?: PlanId): StepFault => ({
  name: `${action} refused twice${plan === undefined ? "" : " (silo)"}`,
  plan,
  fault: (_, keyArn) => aws(service, action, "refuse", { times: 2 })(keyArn),
});

/** What goes wrong while a step is undone; each undo is tried until it is done. */
export const undoFaults: Record<Exclude<OnboardingStep, "activate">, Rows> = {
  place: [
    { name: "connection cut at its end", fault: ofStep("place", "finish_undo", "cut") },
    { name: "answer to its COMMIT lost", fault: ofStep("place", "finish_undo", "lost-answer", commit) },
  ],
  stack: [
    inSilo(throttled("cloudformation", "DeleteStack")),
    inSilo(lost("cloudformation", "DeleteStack")),
    refusedTwice("kms", "ScheduleKeyDeletion", silo),
  ],
  administrator: [cutSql("taking the membership away", /delete from control\.members/)],
  key: [
    withOwnKey(refusedTwice("kms", "DisableKey")),
    { name: "GetResources throttled", plan: "business", fault: aws("tagging", "GetResources", "throttle", { times: 2 }) },
    withOwnKey(lost("kms", "DeleteAlias")),
    lostSql("destroying the data key", /delete from keyring\.data_keys/),
    { name: "answer to its COMMIT lost", fault: ofStep("key", "finish_undo", "lost-answer") },
  ],
  "data-home": [
    cutSql("erasing the home", /delete from app\.tenant_home/),
    {
      name: "connection cut before dropping the database (silo)",
      plan: silo,
      fault: (tenantId) => ({ at: "sql", statement: new RegExp(`DROP DATABASE [^]*${siloDatabaseOf(tenantId)}`), mode: "cut", times: 2 }),
    },
  ],
  "object-prefix": [throttled("s3", "ListObjectVersions"), lost("s3", "DeleteObjects"), inSilo(lost("s3", "DeleteObjects"))],
  limits: [lostSql("taking the limits away", /delete from app\.tenant_limits/)],
  verify: [
    cutSql("withdrawing the place", /delete from app\.tenant_placement/),
    { name: "answer to its end lost", fault: ofStep("verify", "finish_undo", "lost-answer") },
  ],
};
