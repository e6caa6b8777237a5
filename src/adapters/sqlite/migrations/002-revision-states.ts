/**
 * What a pipeline's folder held just before and right after a revision was written. The two differ from what was
 * generated where a user had edited files. Revisions made earlier are taken to stand on disk as they were generated.
 */
export const revisionStates = `
CREATE TABLE pipeline_revision_states (
  pipeline TEXT NOT NULL,
  revision INTEGER NOT NULL,
  moment TEXT NOT NULL CHECK (moment IN ('before', 'after')),
  path TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (pipeline, revision, moment, path),
  FOREIGN KEY (pipeline, revision) REFERENCES pipeline_revisions (pipeline, revision) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO pipeline_revision_states (pipeline, revision, moment, path, digest)
  SELECT pipeline, revision, 'after', path, digest FROM pipeline_revision_files;
`;
