import type { Template } from "./read-template.ts";
import { arnOf, type Place, refOf } from "./resource-identity.ts";

export interface ResolvedResource {
  type: string;
  properties: Record<string, unknown>;
}

const nothing = Symbol("AWS::NoValue");

/**
 * The resources that CloudFormation would make of a template in `place`, references, substitutions and conditions resolved.
 * Throws when the template refers to something that is not known here.
 */
export function resolveTemplate(
  template: Template,
  place: Place,
  parameters: Record<string, string> = {},
): Record<string, ResolvedResource> {
  const values = new Map<string, unknown>([
    ["AWS::Partition", "aws"],
    ["AWS::AccountId", place.account],
    ["AWS::Region", place.region],
    ["AWS::NoValue", nothing],
  ]);
  for (const [name, { Default }] of Object.entries(template.Parameters ?? {})) values.set(name, parameters[name] ?? Default ?? "");
  const lookUp = (name: string): unknown => {
    if (values.has(name)) return values.get(name);
    const [id = "", attribute] = name.split(".");
    const resource = template.Resources[id];
    if (resource === undefined) throw new Error(`the template refers to ${name}, which is not known here`);
    const properties = walk(namesOnly(resource.Properties)) as Record<string, unknown>;
    return attribute === undefined ? refOf(resource.Type, id, properties, place) : arnOf(resource.Type, id, properties, place);
  };
  const holds = (condition: unknown): boolean =>
    typeof condition === "string" ? holds(template.Conditions?.[condition]) : walk(condition) === true;

  function walk(node: unknown): unknown {
    if (Array.isArray(node)) return node.map(walk).filter((each) => each !== nothing);
    if (typeof node !== "object" || node === null) return node;
    const entries = Object.entries(node);
    const [first] = entries;
    if (entries.length === 1 && first !== undefined && isIntrinsic(first[0])) return call(first[0], first[1]);
    return Object.fromEntries(entries.map(([key, value]) => [key, walk(value)] as const).filter(([, value]) => value !== nothing));
  }

  function call(name: string, body: unknown): unknown {
    if (name === "Ref") return lookUp(String(body));
    if (name === "Condition") return holds(body);
    if (name === "Fn::GetAtt") return lookUp(Array.isArray(body) ? body.join(".") : String(body));
    if (name === "Fn::Sub") {
      return String(body).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, what: string) =>
        literal ? `\${${what}}` : String(lookUp(what)),
      );
    }
    if (name === "Fn::GetAZs") return ["a", "b", "c"].map((zone) => `${place.region}${zone}`);
    const parts = body as unknown[];
    if (name === "Fn::If") return walk(holds(parts[0]) ? parts[1] : parts[2]);
    const resolved = parts.map(walk);
    if (name === "Fn::Equals") return resolved[0] === resolved[1];
    if (name === "Fn::Not") return resolved[0] !== true;
    if (name === "Fn::And") return resolved.every((each) => each === true);
    if (name === "Fn::Or") return resolved.some((each) => each === true);
    if (name === "Fn::Join") return (resolved[1] as unknown[]).map(String).join(String(resolved[0]));
    if (name === "Fn::Cidr") return Array.from({ length: Number(resolved[1]) }, (_, part) => `part ${part} of ${resolved[0]}`);
    return (resolved[1] as unknown[])[Number(resolved[0])];
  }

  const made = Object.entries(template.Resources).filter(([, { Condition }]) => Condition === undefined || holds(Condition));
  return Object.fromEntries(
    made.map(([id, { Type, Properties }]) => [id, { type: Type, properties: walk(Properties ?? {}) as Record<string, unknown> }]),
  );
}

const isIntrinsic = (name: string) => name === "Ref" || name === "Condition" || name.startsWith("Fn::");

/** The properties that a resource is named by: only those may be asked for while others are being resolved. */
function namesOnly(properties: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => /Name$|^Url$/.test(name)));
}
