/**
 * Version 1 of the registry: every noun of the design, whether a command uses it yet or not.
 * Frozen: a change is a new migration. Times are milliseconds since 1970 in UTC; digests are `sha256:<64 hex>`;
 * a column named after a JSON document holds JSON text and is checked when it is read.
 *
 * Metric points repeat two small integers rather than a key and a run id of 32 characters: MLflow's layout needs 230 bytes a point.
 * `latest_metrics` is kept on every write, so that sorting runs by a metric is an index scan and never a search through all points.
 */
export const nouns = `
CREATE TABLE experiments (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  artifact_location TEXT,
  lifecycle TEXT NOT NULL DEFAULT 'active' CHECK (lifecycle IN ('active', 'deleted')),
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;
-- MLflow clients expect experiment 0 to exist.
INSERT INTO experiments (id, name, created_at_ms, updated_at_ms) VALUES (0, 'Default', 0, 0);

CREATE TABLE experiment_tags (
  experiment_id INTEGER NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (experiment_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE pipelines (
  name TEXT NOT NULL PRIMARY KEY,
  last_revision INTEGER NOT NULL DEFAULT 0,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pipeline_revisions (
  pipeline TEXT NOT NULL REFERENCES pipelines (name),
  revision INTEGER NOT NULL CHECK (revision >= 1),
  folder TEXT NOT NULL,
  notebook_path TEXT NOT NULL,
  notebook_digest TEXT NOT NULL,
  plan_digest TEXT NOT NULL,
  content_digest TEXT NOT NULL,
  git_commit TEXT,
  git_dirty INTEGER CHECK (git_dirty IN (0, 1)),
  created_at_ms INTEGER NOT NULL,
  certificate_digest TEXT,
  verdict TEXT,
  PRIMARY KEY (pipeline, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE pipeline_revision_files (
  pipeline TEXT NOT NULL,
  revision INTEGER NOT NULL,
  path TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (pipeline, revision, path),
  FOREIGN KEY (pipeline, revision) REFERENCES pipeline_revisions (pipeline, revision) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- A run may name a pipeline revision that only another registry holds (an imported run), so that is no foreign key.
CREATE TABLE runs (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE CHECK (length(id) BETWEEN 1 AND 256),
  experiment_id INTEGER NOT NULL REFERENCES experiments (id),
  pipeline TEXT,
  revision INTEGER,
  name TEXT,
  user_name TEXT,
  status TEXT NOT NULL CHECK (status IN ('running', 'succeeded', 'failed', 'interrupted')),
  lifecycle TEXT NOT NULL DEFAULT 'active' CHECK (lifecycle IN ('active', 'deleted')),
  git_commit TEXT,
  git_dirty INTEGER CHECK (git_dirty IN (0, 1)),
  environment_digest TEXT,
  pid INTEGER,
  started_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER
) STRICT;
CREATE INDEX runs_of_pipeline ON runs (pipeline, started_at_ms DESC, number DESC);
CREATE INDEX runs_of_experiment ON runs (experiment_id, lifecycle, started_at_ms DESC, number DESC);
CREATE INDEX runs_by_time ON runs (started_at_ms DESC, number DESC);
CREATE INDEX runs_running ON runs (status) WHERE status = 'running';

CREATE TABLE run_params (
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value_json TEXT NOT NULL,
  PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_params_by_key ON run_params (key, value_json, run);

CREATE TABLE run_tags (
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_tags_by_key ON run_tags (key, value, run);

CREATE TABLE metric_keys (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- SQLite has no NaN: such a point is 0 with is_nan. The whole point is the key, so writing it twice is writing it once.
CREATE TABLE metrics (
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  key INTEGER NOT NULL REFERENCES metric_keys (id),
  step INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  value REAL NOT NULL,
  is_nan INTEGER NOT NULL DEFAULT 0 CHECK (is_nan IN (0, 1)),
  PRIMARY KEY (run, key, step, at_ms, value, is_nan)
) STRICT, WITHOUT ROWID;

-- The greatest (step, at_ms, is_nan, value) of each run and key.
CREATE TABLE latest_metrics (
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  key INTEGER NOT NULL REFERENCES metric_keys (id),
  step INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  value REAL NOT NULL,
  is_nan INTEGER NOT NULL CHECK (is_nan IN (0, 1)),
  PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX latest_metrics_by_value ON latest_metrics (key, is_nan, value, run);

CREATE TABLE step_executions (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  pipeline TEXT NOT NULL,
  step TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  fingerprint_parts_json TEXT NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('execute', 'restore', 'fresh')),
  because TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('succeeded', 'failed')),
  manifest_json TEXT,
  error TEXT,
  started_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX step_executions_of_run ON step_executions (run, id);
CREATE INDEX step_executions_of_step ON step_executions (pipeline, step, id DESC);
CREATE INDEX step_executions_by_fingerprint ON step_executions (pipeline, step, fingerprint, id DESC) WHERE status = 'succeeded';

CREATE TABLE artifacts (
  digest TEXT NOT NULL PRIMARY KEY,
  codec TEXT NOT NULL,
  type TEXT NOT NULL,
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a step took and made: the edges of lineage. An input has no row in artifacts when another machine made it.
CREATE TABLE step_artifacts (
  execution INTEGER NOT NULL REFERENCES step_executions (id) ON DELETE CASCADE,
  direction TEXT NOT NULL CHECK (direction IN ('input', 'output')),
  name TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (execution, direction, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX step_artifacts_by_digest ON step_artifacts (digest, direction);

CREATE TABLE datasets (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  digest TEXT NOT NULL,
  source_type TEXT NOT NULL,
  source TEXT NOT NULL,
  schema_json TEXT,
  profile_json TEXT,
  created_at_ms INTEGER NOT NULL,
  UNIQUE (name, digest)
) STRICT;

CREATE TABLE run_datasets (
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  dataset INTEGER NOT NULL REFERENCES datasets (id),
  context TEXT NOT NULL,
  PRIMARY KEY (run, dataset, context)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_datasets_by_dataset ON run_datasets (dataset);

CREATE TABLE models (
  name TEXT NOT NULL PRIMARY KEY,
  description TEXT,
  -- Numbers are given out from here, so that a deleted version's number is never reused.
  last_version INTEGER NOT NULL DEFAULT 0,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE model_tags (
  model TEXT NOT NULL REFERENCES models (name) ON UPDATE CASCADE ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (model, key)
) STRICT, WITHOUT ROWID;

-- The run may be another registry's (an imported version), so it is no foreign key.
CREATE TABLE model_versions (
  model TEXT NOT NULL REFERENCES models (name) ON UPDATE CASCADE,
  version INTEGER NOT NULL CHECK (version >= 1),
  pipeline TEXT NOT NULL,
  pipeline_revision INTEGER,
  run_id TEXT NOT NULL,
  content_digest TEXT NOT NULL,
  certificate_digest TEXT,
  verdict TEXT,
  metrics_json TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  PRIMARY KEY (model, version),
  UNIQUE (model, content_digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX model_versions_of_run ON model_versions (run_id);

CREATE TABLE model_version_files (
  model TEXT NOT NULL,
  version INTEGER NOT NULL,
  path TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (model, version, path),
  FOREIGN KEY (model, version) REFERENCES model_versions (model, version) ON UPDATE CASCADE ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE model_version_tags (
  model TEXT NOT NULL,
  version INTEGER NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (model, version, key),
  FOREIGN KEY (model, version) REFERENCES model_versions (model, version) ON UPDATE CASCADE ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE aliases (
  model TEXT NOT NULL,
  alias TEXT NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (model, alias),
  FOREIGN KEY (model, version) REFERENCES model_versions (model, version) ON UPDATE CASCADE ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX aliases_of_version ON aliases (model, version);

CREATE TABLE approval_requests (
  id INTEGER PRIMARY KEY,
  model TEXT NOT NULL,
  version INTEGER NOT NULL,
  environment TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'approved', 'rejected', 'withdrawn', 'expired', 'used')),
  policy_json TEXT NOT NULL,
  reason TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  requested_by_grade TEXT NOT NULL CHECK (requested_by_grade IN ('asserted', 'authenticated', 'machine')),
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER,
  FOREIGN KEY (model, version) REFERENCES model_versions (model, version) ON UPDATE CASCADE
) STRICT;
CREATE INDEX approval_requests_of_version ON approval_requests (model, version, environment);
CREATE INDEX approval_requests_open ON approval_requests (environment) WHERE state = 'open';

CREATE TABLE approval_decisions (
  id INTEGER PRIMARY KEY,
  request INTEGER NOT NULL REFERENCES approval_requests (id),
  decision TEXT NOT NULL CHECK (decision IN ('approve', 'reject', 'comment', 'withdraw')),
  actor TEXT NOT NULL,
  actor_grade TEXT NOT NULL CHECK (actor_grade IN ('asserted', 'authenticated', 'machine')),
  reason TEXT NOT NULL,
  evidence_json TEXT,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX approval_decisions_of_request ON approval_decisions (request, id);

CREATE TABLE deployments (
  id INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,
  environment TEXT NOT NULL,
  level INTEGER NOT NULL CHECK (level IN (1, 2, 3)),
  target TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'live', 'draining', 'gone')),
  git_commit TEXT,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX deployments_of_environment ON deployments (environment, id DESC);
CREATE INDEX deployments_of_subject ON deployments (subject, id DESC);

CREATE TABLE deployment_history (
  deployment INTEGER NOT NULL REFERENCES deployments (id),
  position INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'live', 'draining', 'gone')),
  because TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (deployment, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE drift_reports (
  id INTEGER PRIMARY KEY,
  model TEXT NOT NULL,
  version INTEGER NOT NULL,
  environment TEXT,
  window_start_ms INTEGER,
  window_end_ms INTEGER,
  window_rows INTEGER NOT NULL CHECK (window_rows >= 0),
  verdict TEXT NOT NULL CHECK (verdict IN ('ok', 'warn', 'drift', 'not-enough-data')),
  report_digest TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  FOREIGN KEY (model, version) REFERENCES model_versions (model, version) ON UPDATE CASCADE
) STRICT;
CREATE INDEX drift_reports_of_version ON drift_reports (model, version, created_at_ms DESC);

CREATE TABLE pending_writes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  moves_json TEXT NOT NULL
) STRICT;

CREATE TABLE events (
  sequence INTEGER PRIMARY KEY,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  actor TEXT NOT NULL,
  actor_grade TEXT NOT NULL CHECK (actor_grade IN ('asserted', 'authenticated', 'machine')),
  details_json TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  previous_hash TEXT,
  hash TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX events_of_subject ON events (subject, sequence);
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events BEGIN SELECT RAISE (ABORT, 'the event log is append-only'); END;
CREATE TRIGGER events_are_never_removed BEFORE DELETE ON events BEGIN SELECT RAISE (ABORT, 'the event log is append-only'); END;
`;
