import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type CollectionTag, parse, Scalar, type ScalarTag, type YAMLSeq } from "yaml";

const stacks = resolve(import.meta.dirname, "../../../stacks");

/** An intrinsic function of CloudFormation, in its long form: `{ "Fn::Sub": … }`. */
export type Intrinsic = Record<string, unknown>;

export interface Template {
  Parameters?: Record<string, { Default?: string }>;
  Conditions?: Record<string, unknown>;
  Resources: Record<string, { Type: string; Condition?: string; Properties?: Record<string, unknown> }>;
}

const long = (name: string, value: unknown): Intrinsic => ({ [name === "Ref" || name === "Condition" ? name : `Fn::${name}`]: value });

const scalars: ScalarTag[] = ["Ref", "Sub", "GetAtt", "Condition", "GetAZs"].map((name) => ({
  tag: `!${name}`,
  resolve: (value: string) => long(name, value),
}));
const sequences: CollectionTag[] = ["If", "Equals", "Not", "And", "Or", "Join", "Select", "Cidr"].map((name) => ({
  tag: `!${name}`,
  collection: "seq",
  resolve: (value) => new Scalar(long(name, (value as YAMLSeq).toJSON())),
}));

/** A template of infra/stacks, its short forms of intrinsic functions turned into the long ones. */
export function readTemplate(name: string): Template {
  return parse(readFileSync(resolve(stacks, name), "utf8"), { customTags: [...scalars, ...sequences] });
}
