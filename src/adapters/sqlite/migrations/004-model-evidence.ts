/**
 * Version 4: what speaks for a model version (who registered it and how sure that is, what it was measured against, what
 * loading it looks up, where it came from), deletion that leaves the record, and the evidence that a request for approval
 * was decided on. Of versions made before, the first is what somebody asserted and the rest was never looked at.
 */
export const modelEvidence = `
ALTER TABLE model_versions ADD COLUMN created_by_grade TEXT NOT NULL DEFAULT 'asserted'
  CHECK (created_by_grade IN ('asserted', 'authenticated', 'machine'));
ALTER TABLE model_versions ADD COLUMN pickled_names_json TEXT;
ALTER TABLE model_versions ADD COLUMN evaluation_json TEXT;
ALTER TABLE model_versions ADD COLUMN origin_json TEXT;
ALTER TABLE model_versions ADD COLUMN deleted_at_ms INTEGER;
ALTER TABLE approval_requests ADD COLUMN evidence_json TEXT NOT NULL DEFAULT '{}';
ALTER TABLE approval_requests ADD COLUMN requested_by_proof_json TEXT;
ALTER TABLE approval_decisions ADD COLUMN actor_proof_json TEXT;
`;
