/** Every explained code, by area. One line each; an area is loaded when somebody asks. */
import type { Explanation } from "./explanation.ts";

type Explanations = Readonly<Record<string, Explanation>>;

const areas: readonly (() => Promise<Explanations>)[] = [
  async () => (await import("./general.ts")).generalExplanations,
  async () => (await import("./assess.ts")).assessExplanations,
  async () => (await import("./datasets.ts")).datasetExplanations,
  async () => (await import("./deploy.ts")).deployExplanations,
  async () => (await import("./environment.ts")).environmentExplanations,
  async () => (await import("./features.ts")).featureExplanations,
  async () => (await import("./hidden-state.ts")).hiddenStateExplanations,
  async () => (await import("./identity.ts")).identityExplanations,
  async () => (await import("./leakage.ts")).leakageExplanations,
  async () => (await import("./magics.ts")).magicExplanations,
  async () => (await import("./notebook.ts")).notebookExplanations,
  async () => (await import("./promote.ts")).promoteExplanations,
  async () => (await import("./several-notebooks.ts")).severalNotebooksExplanations,
  async () => (await import("./python-worker.ts")).pythonWorkerExplanations,
  async () => (await import("./contract.ts")).contractExplanations,
  async () => (await import("./secrets.ts")).secretExplanations,
  async () => (await import("./serving.ts")).servingExplanations,
  async () => (await import("./registry.ts")).registryExplanations,
  async () => (await import("./approval.ts")).approvalExplanations,
  async () => (await import("./store.ts")).storeExplanations,
  async () => (await import("./audit.ts")).auditExplanations,
];

/** All of them. A code may be explained in one area only, which a test checks. */
export async function loadExplanations(): Promise<ReadonlyMap<string, Explanation>> {
  const loaded = await Promise.all(areas.map(async (load) => load()));
  return new Map(loaded.flatMap((area) => Object.entries(area)));
}
