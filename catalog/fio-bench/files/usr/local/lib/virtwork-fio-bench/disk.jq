# Facts about the disk, from files of sysfs. What the kernel does not report is absent.
{
  bytes: (if $size == "" then null else ($size | tonumber) * 512 end),
  queues: (if $queues == "0" then null else ($queues | tonumber) end),
  # "[none] mq-deadline": the one in brackets is in use.
  scheduler: ($scheduler | capture("\\[(?<name>[^]]+)\\]").name? // null),
  cache: $cache,
  model: ($model | sub(" +$"; "")),
  "block-bytes": (if $block == "" then null else ($block | tonumber) end)
} | with_entries(select(.value != null and .value != ""))
