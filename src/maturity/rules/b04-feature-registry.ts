/** B4: a feature registry with owner, entity, freshness and point-in-time joins. Declared entity and time columns are a first step; nothing materializes features yet. */
import { fail, NO_PIPELINE, partial, type Rule } from "../rule.ts";

export const b04: Rule = {
  id: "B4",
  section: "B",
  level: 1,
  gate: undefined,
  question:
    "Is there a feature registry with owner, type, entity, freshness and point-in-time joins?",
  how: ["S", "R"],
  weight: 3,
  earn: { command: "name serve.entity and serve.time in pipeline.yaml", effort: 3 },
  check: ({ project, pipeline }) => {
    const [store] = project.featureStores;
    if (store !== undefined)
      return partial(
        1,
        "a Feast feature store is declared; its registry is not examined by this version",
        [{ text: "feature_store.yaml", path: store, line: 1 }],
      );
    if (pipeline === undefined) return NO_PIPELINE;
    const serve = pipeline.file?.serve;
    if (serve === undefined || serve.entity === null || serve.time === null)
      return fail(
        "no entity and time columns are declared, so features cannot be joined as of a time",
      );
    const entity = [serve.entity].flat().join(", ");
    return partial(
      1,
      `entity ${entity} and time ${serve.time} are declared; nothing materializes features`,
      [
        {
          text: `entity: ${entity}, time: ${serve.time}`,
          path: `${pipeline.folder}/pipeline.yaml`,
          line: 1,
        },
      ],
    );
  },
};
