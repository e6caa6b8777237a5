/** KServe's V1 protocol: `POST /v1/models/NAME:predict` with `{"instances": [{…}]}`, answered by `{"predictions": […]}`. */
import { err, ok } from "../../base/result.ts";
import { malformed } from "../refusal.ts";
import type { Protocol } from "./protocol.ts";
import { firstRowFailure, isRecord, labelsOf, rowsRequest } from "./protocol.ts";

/** The protocol of `/v1/models/NAME:predict`. */
export const kserveV1Protocol: Protocol = {
  name: "kserve-v1",
  parseRequest: (body, context) => {
    if (!isRecord(body) || !Array.isArray(body["instances"])) {
      return err(malformed('the body must be {"instances": [{column: value, …}, …]}'));
    }
    const raw = rowsRequest(body["instances"], "instances", context);
    return raw.ok ? ok({ id: undefined, raw: raw.value, outputs: undefined }) : raw;
  },
  renderAnswers: ({ answers }) => {
    const failure = firstRowFailure(answers);
    return failure === undefined ? ok({ predictions: labelsOf(answers) }) : err(failure);
  },
  renderRefusal: ({ message }) => ({ error: message }),
};
