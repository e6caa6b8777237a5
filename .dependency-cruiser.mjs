/**
 * Who may import whom. This file is the architecture: the table below is the picture, the rules keep it true.
 * `test/toolchain/dependency-rules.test.ts` plants forbidden imports and sees each kind of rule fail.
 */

/** Folders that turn values into values. `base` and the folder itself are implied. */
const CORE = {
  base: [],
  notebook: [],
  python: [],
  secrets: [],
  registry: ["run"],
  contract: [],
  monitoring: ["contract"],
  observation: ["notebook", "python"],
  pipeline: ["notebook", "python", "observation", "secrets"],
  features: ["pipeline", "python", "observation", "contract"],
  codegen: ["pipeline", "features", "python", "contract", "notebook", "verification"],
  verification: ["pipeline", "observation", "run"],
  run: ["pipeline"],
  lint: ["notebook", "python", "features"],
  mlflow: ["registry"],
  serving: ["contract"],
  deploy: ["pipeline", "registry", "serving", "contract", "monitoring"],
  maturity: ["lint", "pipeline", "registry", "deploy", "python", "contract", "verification"],
};
const core = Object.keys(CORE);
const MAY_IMPORT = {
  ...CORE,
  config: core,
  ports: core,
  adapters: [...core, "ports"],
  app: [...core, "config", "ports"],
  http: [...core, "config", "ports", "app"],
  cli: [...core, "config", "ports", "app", "http"],
};

/** One library, one door: the only files that may import each third-party library. zod has its own rule. */
const DOORS = {
  "@aws-sdk/client-s3": "^src/adapters/s3/",
  "@inquirer/prompts": "^src/cli/prompts\\.ts$",
  "@jupyterlab/nbformat": "^src/notebook/schema\\.ts$",
  "better-sqlite3": "^src/adapters/sqlite/",
  chalk: "^src/cli/terminal\\.ts$",
  commander: "^src/cli/program\\.ts$",
  execa: "^src/adapters/processes\\.ts$",
  "google-auth-library": "^src/adapters/gcs/access\\.ts$",
  jose: "^src/adapters/id-tokens\\.ts$",
  "log-update": "^src/cli/live-table\\.ts$",
  "node-diff3": "^src/app/merge-lines\\.ts$",
  ora: "^src/cli/terminal\\.ts$",
  "simple-git": "^src/adapters/git\\.ts$",
  "smol-toml": "^src/base/toml\\.ts$",
  "tree-sitter-python": "^src/adapters/",
  "web-tree-sitter": "^src/python/parse\\.ts$",
  // Merging keeps comments only where it works on the library's own tree.
  yaml: "^src/base/(merge-)?yaml\\.ts$",
};

const folderRules = Object.entries(MAY_IMPORT).map(([folder, allowed]) => {
  const reachable = [...new Set(["base", folder, ...allowed])].join("|");
  return {
    name: `${folder}-imports-only-its-neighbors`,
    comment: `src/${folder} may import ${[...new Set(["base", ...allowed])].join(", ")}. Move the shared type to the folder both may see, or pass the value as an argument; a new arrow is a change of the table in .dependency-cruiser.mjs.`,
    severity: "error",
    from: { path: `^src/${folder}/`, pathNot: "^src/cli/wire\\.ts$" },
    to: { path: "^src/", pathNot: `^src/(${reachable})/` },
  };
});

const doorRules = Object.entries(DOORS).map(([library, door]) => ({
  name: `one-door-for-${library.replace(/^@/, "").replace(/[^a-z0-9]+/g, "-")}`,
  comment: `Only ${door.replaceAll("\\", "").replace(/[\^$]/g, "")} imports ${library}. Call what that file exports, or add to it.`,
  severity: "error",
  from: { path: "^src/", pathNot: door },
  to: { path: `(^|/)node_modules/${library}/` },
}));

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...folderRules,
    ...doorRules,
    {
      name: "every-folder-is-in-the-table",
      comment: "A new folder in src/ gets a row in the table of .dependency-cruiser.mjs first.",
      severity: "error",
      from: { path: "^src/", pathNot: `^src/(${Object.keys(MAY_IMPORT).join("|")})/` },
      to: {},
    },
    {
      name: "core-does-no-io",
      comment:
        "Core, config, ports and app see the outside only through src/ports. Take the text or bytes as an argument, or use (or add) a port. node:crypto and node:path/posix are free: they do nothing but compute.",
      severity: "error",
      from: { path: `^src/(${[...core, "config", "ports", "app"].join("|")})/` },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?(crypto|path/posix)$" },
    },
    {
      name: "zod-at-the-boundaries",
      comment:
        "zod belongs in schema.ts files, in a file of template holes and in base/zod-issues.ts. Past the boundary the value has its type; do not validate again. A command record makes its resultSchema with toJsonSchema of cli/json-schema.ts: an import() of zod there would put all of it into the bundle.",
      severity: "error",
      from: {
        path: "^src/",
        pathNot:
          "(schema|holes)\\.ts$|^src/base/zod-issues\\.ts$|^src/cli/commands/run-explain\\.ts$",
      },
      to: { path: "(^|/)node_modules/zod/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "only-wire-constructs-adapters",
      comment:
        "Ask the context's wiring for a port; cli/wire.ts is the only file that builds adapters.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(adapters/|cli/wire\\.ts$)" },
      to: { path: "^src/adapters/" },
    },
    {
      name: "src-never-imports-test",
      comment:
        "Published code must not need the tests or the developer tools. Move what is shared into src/.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|bin)/" },
    },
    {
      name: "no-cycles",
      comment:
        "Two files that need each other are one file, or share a third. Types alone may not form a cycle either.",
      severity: "error",
      from: { path: "^src/" },
      // An import inside a function is resolved after both files are loaded; the list of commands is reached that way.
      to: { circular: true, viaOnly: { dependencyTypesNot: ["dynamic-import"] } },
    },
    {
      name: "no-dead-modules",
      comment:
        "Nothing reachable from cli/main.ts imports this file. Use it or delete it; git remembers.",
      severity: "error",
      from: { path: "^src/cli/main\\.ts$" },
      to: {
        path: "^src/.+\\.ts$",
        // Contracts 6, 10 and 11, frozen with their tests before the commands that will use them.
        pathNot: "^src/registry/(schema|lock|approval)\\.ts$",
        reachable: false,
      },
    },
    {
      name: "no-unlisted-dependencies",
      comment:
        "Add the package to package.json (dependencies when src needs it at run time), after checking its license.",
      severity: "error",
      from: { path: "^(src|test|bin)/" },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "src-needs-no-dev-dependencies",
      comment:
        "What src imports at run time must be in dependencies, or a published package lacks it.",
      severity: "error",
      from: { path: "^src/" },
      to: {
        dependencyTypes: ["npm-dev"],
        dependencyTypesNot: ["type-only"],
        pathNot: "node_modules/@types/",
      },
    },
    {
      name: "no-unresolvable-imports",
      comment: "The file or package does not exist; import specifiers end in .ts.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "vetted-licenses",
      comment:
        "Only permissive licenses that go with Apache-2.0. Choose another package, or have the license vetted and listed here.",
      severity: "error",
      from: { path: "^src/" },
      to: {
        dependencyTypes: ["npm"],
        licenseNot: "^(MIT|ISC|Apache-2\\.0|BSD-2-Clause|BSD-3-Clause|MIT OR Apache-2\\.0)$",
      },
    },
  ],
  options: {
    doNotFollow: { path: "(^|/)node_modules/" },
    exclude: { path: "^test/fixtures/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
    cache: { folder: "node_modules/.cache/dependency-cruiser", strategy: "content" },
  },
};
