/**
 * Bundles src/ and the libraries it uses into dist/: `cli/main.js`, and chunks for what `import()` in src/ leaves for
 * later; and once more in one file each `cli/run.cjs`, the same program
 * for the one command that is typed all day, and `cli/help.cjs`, which shows the commands. Says nothing about types; `npm run check:static` does.
 *
 * Why a bundler: a command opened some 330 small files before its first line. In alternating runs on one machine
 * `mlops run` with nothing to do took 469 ms more than `node -e 0` from separate files, and 375 ms more bundled.
 *
 * The libraries stay in `dependencies` all the same: an installation then brings their licenses along.
 * Plain JavaScript on purpose: it runs during `npm ci`, before anything else is known to work.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const dist = join(root, "dist");

/** Libraries with files of their own beside their JavaScript: native code and WebAssembly. */
const SEPARATE = ["better-sqlite3", "web-tree-sitter", "tree-sitter-python"];

/** esbuild leaves out what is unused of a namespace only where it is imported as one; the rest of zod is 64 languages. */
const zodByNamespace = {
  name: "zod-by-namespace",
  setup: (plugin) => {
    plugin.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => ({
      loader: "ts",
      contents: readFileSync(path, "utf8").replace(
        /^import \{ z \} from "zod";$/m,
        'import * as z from "zod";',
      ),
    }));
  },
};

/** Libraries that src/ loads by `import()` and `mlops run` seldom needs: taken from where they are installed. */
const SELDOM = [
  "chalk",
  "ora",
  "log-update",
  "simple-git",
  "@inquirer/prompts",
  "@aws-sdk/client-s3",
  "google-auth-library",
];

/** What a program never loads by `import()`, because bin/mlops.js starts it only for what it is made for. */
function leavingOut(isLeftOut) {
  return {
    name: "leaving-out",
    setup: (plugin) => {
      plugin.onResolve({ filter: /^\.\.?\// }, ({ path, kind, importer }) =>
        kind === "dynamic-import" && isLeftOut(path, importer)
          ? { path, namespace: "left-out" }
          : undefined,
      );
      plugin.onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => ({
        contents: `throw new Error("${path} is not in this program");`,
      }));
    },
  };
}

const COMMANDS = join(root, "src", "cli", "commands");

/** Of the other commands only the names are needed. */
const otherCommands = (path, importer) =>
  importer === join(COMMANDS, "index.ts") && path !== "./run.ts";

/** What a command does, and what it does it with. */
const execution = (path, importer) =>
  (importer.startsWith(COMMANDS) && importer !== join(COMMANDS, "index.ts")) ||
  path === "./build-context.ts";

/**
 * The JavaScript of better-sqlite3 is a dozen files, which take longer to find than to run. A native part of another version
 * than this JavaScript must not meet it: where another one is installed, all of that one is taken.
 */
const sqliteInside = {
  name: "sqlite-inside",
  setup: (plugin) => {
    const library = join(root, "node_modules", "better-sqlite3");
    const { version } = JSON.parse(readFileSync(join(library, "package.json"), "utf8"));
    const inside = join(library, "lib", "index.js");
    plugin.onResolve({ filter: /^better-sqlite3$/ }, ({ path, importer }) =>
      importer.startsWith(join(root, "src"))
        ? { path, namespace: "sqlite-inside" }
        : { path, external: true },
    );
    plugin.onResolve({ filter: /^sqlite-folder$/ }, ({ path }) => ({
      path,
      namespace: "sqlite-inside",
    }));
    plugin.onLoad({ filter: /^better-sqlite3$/, namespace: "sqlite-inside" }, () => ({
      contents: `module.exports = require("sqlite-folder").version === ${JSON.stringify(version)}
        ? require(${JSON.stringify(inside)})
        : require("better-sqlite3");`,
      resolveDir: root,
    }));
    // Where Node would find it; asking Node takes ten times as long, so it is asked only where this is not enough.
    plugin.onLoad({ filter: /^sqlite-folder$/, namespace: "sqlite-inside" }, () => ({
      contents: `
        const { existsSync, readFileSync } = require("fs");
        const { dirname, join } = require("path");
        let above = __dirname;
        let manifest;
        do {
          manifest = join(above, "node_modules", "better-sqlite3", "package.json");
          above = dirname(above);
        } while (above !== dirname(above) && !existsSync(manifest));
        if (!existsSync(manifest)) manifest = require.resolve("better-sqlite3/package.json");
        exports.folder = dirname(manifest);
        exports.version = JSON.parse(readFileSync(manifest, "utf8")).version;`,
    }));
    plugin.onLoad({ filter: /better-sqlite3[\\/]lib[\\/]binding\.js$/ }, ({ path }) => ({
      contents: `const libraryFolder = require("path").join(require("sqlite-folder").folder, "lib");
        ${readFileSync(path, "utf8").replaceAll("__dirname", "libraryFolder")}`,
    }));
  },
};

/** Stands for the digest of all that is built until that is known; `buildId` of src/base/build-id.ts. */
const BUILD = "build-id-".padEnd(32, "0");

const common = {
  absWorkingDir: root,
  outdir: "dist",
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node22.22",
  define: { MLOPS_BUILD: JSON.stringify(BUILD) },
  sourcemap: "linked",
  sourcesContent: false,
  logLevel: "warning",
  write: false,
};
/** As CommonJS it needs no loader of modules, and without white space there is half as much to read. */
function inOneFile(name) {
  return {
    ...common,
    entryPoints: { [`cli/${name}`]: "src/cli/main.ts" },
    outExtension: { ".js": ".cjs" },
    format: "cjs",
    splitting: false,
    minifyWhitespace: true,
    minifySyntax: true,
    define: { ...common.define, "import.meta.url": "moduleUrl" },
    // The bundler's own directive would come second, where it says nothing.
    banner: {
      js: '"use strict"; const moduleUrl = require("node:url").pathToFileURL(__filename).href;',
    },
    external: [...SELDOM, "web-tree-sitter", "tree-sitter-python"],
  };
}

// Entries are two folders below the root, where src/cli/package-root.ts looks for what ships with the program.
const programs = await Promise.all([
  build({
    ...common,
    entryPoints: { "cli/main": "src/cli/main.ts" },
    chunkNames: "chunks/[name]-[hash]",
    splitting: true,
    external: SEPARATE,
    plugins: [zodByNamespace],
  }),
  // Some sixty chunks of the other build are on the way of `mlops run`, and forty of `mlops --help`; to open and link them took
  // an eighth of the one and half of the other.
  build({
    ...inOneFile("run"),
    // The native part of SQLite is asked of Node when everything else failed to find it.
    logOverride: { "require-resolve-not-external": "silent" },
    plugins: [zodByNamespace, leavingOut(otherCommands), sqliteInside],
  }),
  build({ ...inOneFile("help"), plugins: [zodByNamespace, leavingOut(execution)] }),
]);
const outputFiles = programs.flatMap((program) => program.outputFiles);
const built = new Set(outputFiles.map((file) => file.path));
const digest = createHash("sha256");
for (const file of outputFiles) if (isProgram(file)) digest.update(file.contents);
const buildId = digest.digest("hex").slice(0, BUILD.length);
// Last the programs themselves, so that what runs meanwhile finds the chunks it asks for.
for (const file of outputFiles.toSorted((left, right) => isMain(left) - isMain(right))) {
  mkdirSync(dirname(file.path), { recursive: true });
  writeFileSync(file.path, isProgram(file) ? finished(file) : file.contents);
}
removeOthers(dist);

function isProgram({ path }) {
  return /\.c?js$/.test(path);
}

function finished({ path, text }) {
  // What is CommonJS gets Node's own modules as Node's own code does.
  return (path.endsWith(".cjs") ? text : withLightImports(text)).replaceAll(BUILD, buildId);
}

/**
 * Node's own modules as Node's own code gets them. An `import` of one reads each of its exports, which loads much that is never
 * used: it was a sixth of what `mlops run` took. The new code stands before the first line's end, so that the maps stay true.
 */
function withLightImports(text) {
  const loads = [];
  // esbuild's stand-in for the `require` of CommonJS takes the real one where there is one.
  if (text.includes('typeof require !== "undefined"'))
    loads.push(`const require = ${builtin("node:module")}.createRequire(import.meta.url);`);
  const rest = text.replace(
    /^import (?:(?:\* as )?(\w+)(?:, )?)?(?:(\{[^}]*\}))? ?from "([\w:/]+)";$/gm,
    (statement, whole, parts, name) => {
      if (!isBuiltin(name)) return statement;
      if (whole !== undefined) loads.push(`const ${whole} = ${builtin(name)};`);
      if (parts !== undefined)
        loads.push(`const ${oneLine(parts).replaceAll(" as ", ": ")} = ${builtin(name)};`);
      return "\n".repeat(statement.split("\n").length - 1);
    },
  );
  return loads.join(" ") + rest;
}

function builtin(name) {
  return `globalThis.process.getBuiltinModule("${name}")`;
}

function oneLine(text) {
  return text.replace(/\s+/g, " ");
}

function isMain(file) {
  return Number(dirname(file.path) === join(dist, "cli"));
}

/** What an earlier build left would otherwise be published forever. */
function removeOthers(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeOthers(path);
    else if (!built.has(path)) rmSync(path);
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}
