/**
 * The direction of imports (docs/architecture.md). Each layer names what it may reach; everything else of ours is refused.
 * @type {import("dependency-cruiser").IConfiguration}
 */
const ours = "^(apps|workflows|activities|db|infra|packages|tests)/";

/** @param {string} from @param {string[]} may */
function layer(name, from, may) {
  return {
    name,
    severity: "error",
    comment: `${from} may import from itself and ${may.join(", ") || "nothing of ours"}`,
    from: { path: `^${from}/` },
    to: { path: ours, pathNot: [`^${from}/`, ...may.map((path) => `^${path}`)] },
  };
}

/** @param {string} from @param {string} packages */
function without(name, from, packages) {
  return { name, severity: "error", from: { path: `^${from}/` }, to: { path: packages } };
}

const temporal = "node_modules/(@temporalio)/";
const aws = "node_modules/(@aws-sdk|@smithy)/";

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } } },
    { name: "nothing-imports-tests", severity: "error", from: { pathNot: "^tests/" }, to: { path: "^tests/" } },
    layer("domain", "packages/domain", []),
    layer("ui", "packages/ui", ["packages/domain"]),
    layer("archive", "packages/archive", []),
    layer("infra", "infra", ["packages/domain", "db/"]),
    layer("db", "db", ["packages/domain"]),
    layer("tenancy", "packages/tenancy", [
      "packages/domain",
      "db/src/(application|keyring|audit)/",
      "db/src/(client|cross-tenants).ts",
      "db/src/errors.ts",
    ]),
    layer("portal", "apps/portal", [
      "packages/",
      "db/src/(control|audit)/",
      "db/src/(client|cross-tenants).ts",
      "db/src/errors.ts",
      "apps/application/src/router.ts",
    ]),
    layer("console", "apps/console", ["packages/", "db/src/(control|audit)/", "db/src/(client|cross-tenants).ts", "db/src/errors.ts"]),
    layer("application", "apps/application", [
      "packages/",
      "db/src/(application|keyring|audit)/",
      "db/src/(client|cross-tenants).ts",
      "db/src/errors.ts",
    ]),
    layer("worker", "apps/worker", ["workflows/", "activities/", "db/", "packages/"]),
    layer("activities", "activities", ["db/", "infra/stacks/", "packages/", "apps/application/src/router.ts"]),
    {
      name: "application-types-only",
      severity: "error",
      comment: "The application plane is called over HTTP; only the types of its router cross.",
      from: { path: "^(apps/portal|activities)/" },
      to: { path: "^apps/application/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "workflows-domain-only",
      severity: "error",
      from: { path: "^workflows/" },
      to: { path: ours, pathNot: ["^workflows/", "^packages/domain/"], dependencyTypesNot: ["type-only"] },
    },
    without("portal-without-temporal-or-aws", "apps/(portal|console)", temporal),
    without("portal-without-aws", "apps/(portal|console)", aws),
    without("application-without-temporal", "apps/application", temporal),
    without("tenancy-without-temporal", "packages/tenancy", temporal),
    {
      name: "simulator-in-tests-only",
      severity: "error",
      comment: "The IAM simulator is under the AGPL: it decides in tests, and nothing that is shipped imports it.",
      from: { pathNot: "^tests/" },
      to: { path: "@cloud-copilot/" },
    },
    without("domain-without-services", "packages/domain", "node_modules/(@temporalio|@aws-sdk|pg|drizzle-orm|next|react)/"),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(\\.next|test-results|node_modules/\\.cache)" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "default"],
      extensions: [".ts", ".tsx", ".js"],
    },
  },
};
