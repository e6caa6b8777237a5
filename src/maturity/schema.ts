/** The result of `mlops assess` as a versioned document. */
import { z } from "zod";

const Section = z.enum(["A", "B", "C", "D", "E", "F", "G"]);
const Level = z.literal([0, 1, 2, 3]);
const Share = z.number().min(0).max(1);

const AssessmentEvidence = z.strictObject({
  text: z.string(),
  path: z.string().optional(),
  cell: z.int().min(1).optional(),
  line: z.int().min(1).optional(),
  registry: z.string().optional(),
});

const AssessedLevel = z.strictObject({
  level: Level,
  gates: z.strictObject({ met: z.int().min(0), of: z.int().min(0) }),
  unmet: z.array(z.string()),
  "thin-sections": z.array(Section),
  "capped-by": z.array(z.string()),
});

const AssessedCheck = z.strictObject({
  id: z.string(),
  section: Section,
  level: z.literal([1, 2, 3]),
  /** Level it is a gate of; null for checks that only give points. */
  gate: z.literal([1, 2, 3]).nullable(),
  question: z.string(),
  how: z.array(z.enum(["S", "H", "R", "X", "P", "C"])),
  outcome: z.enum(["pass", "partial", "fail", "not_applicable", "unknown"]),
  strength: z.literal([0, 1, 2, 3, 4, 5]),
  "strength-to-prove": z.literal([3, 4, 5]),
  weight: z.number(),
  points: z.number(),
  examined: z.boolean(),
  pipeline: z.string().nullable(),
  reason: z.string(),
  evidence: z.array(AssessmentEvidence),
  remediation: z.string().nullable(),
});
export type AssessedCheck = z.infer<typeof AssessedCheck>;

export const Assessment = z.strictObject({
  version: z.literal(1),
  claimed: AssessedLevel,
  proven: AssessedLevel,
  sections: z.array(
    z.strictObject({
      id: Section,
      name: z.string(),
      claimed: Share,
      proven: Share,
      points: z.number(),
      of: z.number(),
      examined: z.boolean(),
    }),
  ),
  /** Weakest section among those that count for the next claimed level. */
  weakest: z.strictObject({ id: Section, name: z.string(), claimed: Share }).nullable(),
  checks: z.array(AssessedCheck),
  "anti-patterns": z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      cap: z.literal([0, 1, 2]).nullable(),
      reason: z.string(),
      fix: z.string(),
      evidence: z.array(AssessmentEvidence),
    }),
  ),
  "next-steps": z.array(
    z.strictObject({
      id: z.string(),
      question: z.string(),
      command: z.string(),
      because: z.string(),
    }),
  ),
  notes: z.array(z.string()),
  "not-checkable": z.array(z.string()),
});
export type Assessment = z.infer<typeof Assessment>;
