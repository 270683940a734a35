/** The tables of a record. Times are strings in ISO 8601, lists are JSON strings, switches are 0 or 1. */
export const SCHEMA = `
CREATE TABLE IF NOT EXISTS audit_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL UNIQUE,
  linked_run_ids TEXT,
  command TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('in_progress', 'success', 'failed')),
  kubeconfig_path TEXT,
  cluster_context TEXT,
  namespace TEXT NOT NULL,
  container_disk_image TEXT,
  default_cpu_cores INTEGER,
  default_memory TEXT,
  data_disk_size TEXT,
  workloads_csv TEXT,
  total_vm_count INTEGER,
  total_workload_count INTEGER,
  dry_run INTEGER NOT NULL DEFAULT 0,
  ssh_auth_configured INTEGER NOT NULL DEFAULT 0,
  cleanup_mode TEXT CHECK (cleanup_mode IN ('all', 'run-id', 'dry-run')),
  wait_for_ready INTEGER NOT NULL DEFAULT 0,
  ready_timeout_seconds INTEGER,
  vms_deleted INTEGER,
  services_deleted INTEGER,
  secrets_deleted INTEGER,
  dvs_deleted INTEGER,
  pvcs_deleted INTEGER,
  namespace_deleted INTEGER,
  started_at TEXT NOT NULL,
  completed_at TEXT,
  error_summary TEXT
);
CREATE TABLE IF NOT EXISTS workload_details (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  audit_id INTEGER NOT NULL REFERENCES audit_log (id),
  workload_type TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  vm_count INTEGER NOT NULL,
  cpu_cores INTEGER NOT NULL,
  memory TEXT NOT NULL,
  has_data_disk INTEGER NOT NULL,
  data_disk_size TEXT,
  requires_service INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'created', 'failed'))
);
CREATE TABLE IF NOT EXISTS vm_details (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  audit_id INTEGER NOT NULL REFERENCES audit_log (id),
  workload_id INTEGER REFERENCES workload_details (id),
  vm_name TEXT NOT NULL,
  namespace TEXT NOT NULL,
  component TEXT NOT NULL,
  role TEXT,
  cpu_cores INTEGER,
  memory TEXT,
  container_disk_image TEXT,
  has_data_disk INTEGER NOT NULL DEFAULT 0,
  data_disk_size TEXT,
  phase TEXT,
  status TEXT NOT NULL CHECK (status IN ('planned', 'created', 'ready', 'failed', 'deleted')),
  created_at TEXT,
  ready_at TEXT,
  deleted_at TEXT
);
CREATE TABLE IF NOT EXISTS resource_details (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  audit_id INTEGER NOT NULL REFERENCES audit_log (id),
  resource_type TEXT NOT NULL,
  resource_name TEXT NOT NULL,
  namespace TEXT NOT NULL,
  status TEXT NOT NULL,
  created_at TEXT,
  deleted_at TEXT
);
CREATE TABLE IF NOT EXISTS events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  audit_id INTEGER NOT NULL REFERENCES audit_log (id),
  vm_id INTEGER REFERENCES vm_details (id),
  workload_id INTEGER REFERENCES workload_details (id),
  event_type TEXT NOT NULL,
  message TEXT,
  error_detail TEXT,
  occurred_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS audit_log_started_at ON audit_log (started_at);
CREATE INDEX IF NOT EXISTS vm_details_name ON vm_details (audit_id, vm_name);
CREATE INDEX IF NOT EXISTS workload_details_audit ON workload_details (audit_id, workload_type);
CREATE INDEX IF NOT EXISTS resource_details_audit ON resource_details (audit_id);
CREATE INDEX IF NOT EXISTS events_audit ON events (audit_id, occurred_at);
`;
