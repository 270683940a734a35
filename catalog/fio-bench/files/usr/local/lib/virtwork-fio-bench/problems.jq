# What failed, from a report of fio, on one line. Nothing if all sections did I/O without an error.
def meaning: { "5": "input/output error", "22": "invalid argument", "28": "no space left on device", "84": "data differs from what was written" };

[.jobs[] | select(.error != 0) | "\(.jobname) failed with error \(.error)" + (meaning[.error | tostring] | if . then " (\(.))" else "" end)] as $errors
| [.jobs[] | select(.read.total_ios == 0 and .write.total_ios == 0) | "\(.jobname) did no I/O"] as $idle
# After an error, fio does not start the other sections.
| if ($errors | length) > 0 then $errors elif .jobs == [] then ["fio ran no job"] else $idle end
| join("; ")
