/** Which of the features' matrices a run stores: a version of the name that the model is given later, or was given before, is another value. */
import type { FeatureStaging } from "../features/staging.ts";
import type { Plan } from "../pipeline/plan.ts";

/**
 * The staging with other names for matrices whose last version no step hands on: nothing of a run bears such a name, so that they are
 * not compared with an older version of the same variable.
 */
export function withComparableMatrices(
  staging: FeatureStaging,
  plan: Pick<Plan, "artifacts" | "steps">,
): FeatureStaging {
  const matrices = staging.matrices.map((matrix) => {
    const { name, cell } = matrix;
    const versions = plan.artifacts.filter(({ variables }) => variables.includes(name));
    const isStored = versions.some(({ producer }) => {
      const step = plan.steps.find((candidate) => candidate.name === producer);
      return cell !== undefined && step?.cells.includes(cell) === true;
    });
    if (versions.length === 0 || isStored || cell === undefined) return matrix;
    return { ...matrix, name: `${name} (cell ${String(cell)})` };
  });
  return { ...staging, matrices };
}
