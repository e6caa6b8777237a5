/** Makes the Python environment once, before any worker starts, so that no test pays for it inside its timeout. */
import { pythonForTests } from "./python-environment.ts";

/** Called by vitest before the tests of a project that needs Python. */
export default async function setup(): Promise<void> {
  await pythonForTests();
}
