# Turns a report of fio (json+) into the result of a trial. A direction without I/O is absent and never 0: a zero would
# halve every mean over the sections of a profile.
# $before, $after: CPU times of the guest. $begun, $ended: its uptime. $clock: its clock at the end. $disk: facts. $job: the job file. $series: operations over time by section.

# One histogram of all that have samples. fio uses the same bins everywhere.
def merged:
  map(select(.N > 0)) | select(length > 0) | {
    unit: "ns",
    count: (map(.N) | add),
    sum: (map(.mean * .N) | add | round),
    min: (map(.min) | min),
    max: (map(.max) | max),
    bins: ([.[].bins // {} | to_entries[] | [(.key | tonumber), .value]] | group_by(.[0]) | map([.[0][0], (map(.[1]) | add)]))
  };

# What all of these did, divided by the time in which they did it.
def rates($prefix):
  select(length > 0) | (map(.seconds) | add) as $seconds
  | { "\($prefix)iops": ((map(.ios) | add) / $seconds), "\($prefix)bytes": ((map(.bytes) | add) / $seconds) };

# Percentages of the CPU time of the guest: user nice system idle iowait irq softirq steal.
def cpu:
  ([$before, $after] | map([splits(" +")] | .[1:9] | map(tonumber))) as [$a, $b]
  | [range(8) | $b[.] - $a[.]] as $spent
  | ($spent | add) as $all
  | select($all > 0)
  | { "cpu-busy": (($all - $spent[3] - $spent[4]) / $all * 100), "cpu-steal": ($spent[7] / $all * 100) };

# The time in which the sections were measured, each for the given number of seconds. fio notes when the last one ended;
# its older versions do not tell when the first one began. The pauses between sections, below half a second each, and the
# ramp of the first section are not part of it.
def window($seconds):
  ((."global options".ramp_time // 0) | tonumber) as $ramp
  | ([$ended, $ended - $clock + .timestamp_ms / 1000] | min) as $to
  | {from: ($to - ($seconds | add) - $ramp * (($seconds | length) - 1)), $to}
  # Nonsense if the clock was set just then.
  | select(.from >= $begun);

# The directions that a section used.
def used($name):
  { read, write } | to_entries[] | select(.value.total_ios > 0 and .value.runtime > 0)
  | { section: $name, direction: .key, latency: .value.clat_ns, ios: .value.total_ios, bytes: .value.io_bytes, seconds: (.value.runtime / 1000) };

.jobs as $jobs
| [$jobs[] | used(.jobname)] as $used
| [$jobs[] | .jobname as $name | [$used[] | select(.section == $name)] | select(length > 0) | {
    name: $name,
    ios: (map(.ios) | add),
    bytes: (map(.bytes) | add),
    # Reads that verify follow the writes; others take place at the same time.
    seconds: (map(.seconds) | if $name == "verify" then add else max end)
  }] as $sections
| ["read", "write" | . as $direction | { key: ., value: [$used[] | select(.direction == $direction)] }] as $directions
# Names of sections are needed where several have the same direction.
| any($directions[]; .value | length > 1) as $several
| {
    metrics: (
      [
        ($sections | rates("")),
        ($directions[] | .key as $key | .value | rates("\($key)-")),
        (select($several) | $sections[] | . as { $name } | [.] | rates("\($name)-")),
        # With a rate, fio waits for the time of the next operation, and may do so busily.
        (select(($sections | length > 0) and all($jobs[]; ."job options".rate == null)) | {
          "cpu-per-io": (([$jobs[] | (.usr_cpu + .sys_cpu) / 100 * .job_runtime / 1000] | add) / ([$sections[].ios] | add))
        }),
        cpu,
        { errors: ([$jobs[] | select(.error != 0)] | length) }
      ] | add
    ),
    histograms: (
      [
        ($directions[] | { "\(.key)-latency": (.value | map(.latency) | merged) }),
        (select($several) | $used[] | { "\(.section)-\(.direction)-latency": ([.latency] | merged) }),
        # sync.total_ios does not count fdatasync.
        { "sync-latency": ($jobs | map(.sync.lat_ns // empty) | merged) },
        (select([$jobs[] | select(.sync.lat_ns.N > 0)] | length > 1) | $jobs[] | { "\(.jobname)-sync-latency": ([.sync.lat_ns] | merged) })
      ] | add // {}
    ),
    series: (
      [
        ([$sections[].name | $series[0][.] // empty] | select(length > 0) | { iops: { unit: "1/s", every: .[0].every, values: (map(.values) | add) } }),
        (select($sections | length > 1) | $sections[].name | { "\(.)-iops": ($series[0][.] // empty) })
      ] | add // {}
    ),
    guest: { fio: (."fio version" | ltrimstr("fio-")), disk: $disk },
    job: $job,
    # As fio printed it, without the bins, which are above.
    raw: walk(if type == "object" then del(.bins) else . end)
  }
  + ((select(($sections | length) == ($jobs | length) and all($jobs[]; .error == 0)) | { window: window([$sections[].seconds]) }) // {})
