/** Every rule of this version, in the order of the rubric. A new rule is one file and one line here. */
import type { Rule } from "../rule.ts";
import { a01 } from "./a01-one-command.ts";
import { a02 } from "./a02-steps.ts";
import { a03 } from "./a03-repeatable.ts";
import { a04 } from "./a04-pinned.ts";
import { a05 } from "./a05-lock-matches.ts";
import { a06 } from "./a06-data-by-content.ts";
import { a07 } from "./a07-parameters.ts";
import { a08 } from "./a08-seeds.ts";
import { a09 } from "./a09-split.ts";
import { a10 } from "./a10-tracked.ts";
import { a11 } from "./a11-registered.ts";
import { a12 } from "./a12-triggered.ts";
import { a13 } from "./a13-idempotent.ts";
import { a14 } from "./a14-importable.ts";
import { a15 } from "./a15-readme.ts";
import { b01 } from "./b01-one-definition.ts";
import { b02 } from "./b02-state-with-model.ts";
import { b03 } from "./b03-parity.ts";
import { b04 } from "./b04-feature-registry.ts";
import { b05 } from "./b05-feature-tests.ts";
import { b06 } from "./b06-raw-schema.ts";
import { g01 } from "./g01-lineage.ts";
import { g02 } from "./g02-deployment-lineage.ts";
import { g03 } from "./g03-audit.ts";
import { g04 } from "./g04-model-card.ts";
import { g05 } from "./g05-ownership.ts";

export const rules: readonly Rule[] = [
  a01,
  a02,
  a03,
  a04,
  a05,
  a06,
  a07,
  a08,
  a09,
  a10,
  a11,
  a12,
  a13,
  a14,
  a15,
  b01,
  b02,
  b03,
  b04,
  b05,
  b06,
  g01,
  g02,
  g03,
  g04,
  g05,
];
