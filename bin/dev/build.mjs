/**
 * Builds dist/ from src/ and removes what no longer has a source.
 * Plain JavaScript on purpose: it runs during `npm ci`, before anything else is known to work.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
const build = spawnSync(process.execPath, [compiler, "-p", join(root, "src", "tsconfig.json")], {
  stdio: "inherit",
});
if (build.status === 0) removeOrphans(join(root, "dist"), join(root, "src"));
process.exitCode = build.status ?? 1;

/** Compiled files whose source was moved or deleted would otherwise be published forever. */
function removeOrphans(built, source) {
  for (const entry of readdirSync(built, { withFileTypes: true })) {
    const target = join(built, entry.name);
    if (entry.isDirectory()) {
      if (existsSync(join(source, entry.name))) removeOrphans(target, join(source, entry.name));
      else rmSync(target, { recursive: true });
    } else {
      const stem = entry.name.replace(/\.js(\.map)?$/, "");
      if (!existsSync(join(source, `${stem}.ts`))) rmSync(target);
    }
  }
}
