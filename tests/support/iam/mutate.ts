import type { PolicyDocument, PolicyStatement } from "@leasehold/infra/local/aws-policies";

export interface Mutant {
  /** What was taken away or widened: `Objects: without s3:prefix`. */
  what: string;
  /** The actions of the statement that was changed. */
  actions: string[];
  policy: PolicyDocument;
}

/**
 * Every policy that differs by one thing: a statement less, a condition's key less, an action less, a resource that is anything. The policy of a resource
 * is about that alone, whatever it says: there the last is no difference.
 */
export function mutantsOf(policy: PolicyDocument, { ofResource }: { ofResource: boolean }): Mutant[] {
  return policy.Statement.flatMap((statement, index) => {
    const name = statement.Sid ?? `statement ${index}`;
    const actions = [statement.Action].flat();
    const make = (what: string, changed: PolicyStatement | undefined): Mutant => ({
      what: `${name}: ${what}`,
      actions,
      policy: { ...policy, Statement: policy.Statement.flatMap((each, at) => (at === index ? (changed ?? []) : [each])) },
    });
    return [
      ...(policy.Statement.length > 1 ? [make("removed", undefined)] : []),
      ...conditionsLess(statement).map(([key, changed]) => make(`without ${key}`, changed)),
      ...(actions.length > 1
        ? actions.map((action) => make(`without ${action}`, { ...statement, Action: actions.filter((each) => each !== action) }))
        : []),
      ...(ofResource || statement.Resource === undefined || [statement.Resource].flat().some(isAnything)
        ? []
        : [make("any resource", { ...statement, Resource: "*" })]),
    ];
  });
}

function conditionsLess(statement: PolicyStatement): [string, PolicyStatement][] {
  const condition = statement.Condition ?? {};
  return Object.entries(condition).flatMap(([operator, keys]) =>
    Object.keys(keys).map((key): [string, PolicyStatement] => {
      const left = Object.fromEntries(Object.entries(keys).filter(([each]) => each !== key));
      const { [operator]: _gone, ...others } = condition;
      const Condition = Object.keys(left).length === 0 ? others : { ...others, [operator]: left };
      const { Condition: _all, ...bare } = statement;
      return [`${operator} ${key}`, Object.keys(Condition).length === 0 ? bare : { ...statement, Condition }];
    }),
  );
}

/** Every resource, or every key of everybody: these actions know no other resources. */
const isAnything = (resource: string) => resource === "*" || resource === "arn:aws:kms:*:*:key/*";
