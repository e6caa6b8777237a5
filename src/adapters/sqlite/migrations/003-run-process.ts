/**
 * Version 3: a run's process is told by its start, too, because process numbers are given out again; a step that was
 * tried again says how often. Rows of version 1 know no start, and every step of theirs was tried once.
 */
export const runProcess = `
ALTER TABLE runs ADD COLUMN process_start TEXT;
ALTER TABLE step_executions ADD COLUMN attempts INTEGER NOT NULL DEFAULT 1 CHECK (attempts >= 1);
`;
