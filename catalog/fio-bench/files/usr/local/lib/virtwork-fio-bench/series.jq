# Operations per second of each section, from fio's logs: one file for each process, with lines "milliseconds,
# operations per second until then, direction, …". $every: seconds of a value.
# fio's times drift by some milliseconds a second, so each line is divided among the seconds that it covers.

($every * 1000) as $width
| reduce inputs as $line ({};
    (input_filename | sub(".*/"; "") | sub("_iops\\.[0-9]+\\.log$"; "")) as $section
    | ($line | split(",") | map(tonumber)) as [$time, $value, $direction]
    | "\(input_filename) \($direction)" as $source
    | (.[$section].last[$source] // 0) as $last
    # A longer gap is time without I/O, for which fio writes no line.
    | (if $time - $last < 1.5 * $width then $last else $time - $width end) as $start
    | .[$section].last[$source] = $time
    | reduce range(($start / $width | floor); ($time / $width | ceil)) as $i (.;
        (([$time, ($i + 1) * $width] | min) - ([$start, $i * $width] | max)) as $overlap
        | .[$section].sums["\($i)"] += $value * $overlap / $width
      )
  )
| map_values(
    .sums as $sums
    # Where some processes lack a line for the last second, it does not count.
    | ([.last[]] | max - 1.5 * $width) as $recent
    | ([.last[] | select(. > $recent)] | min) as $until
    # The last second may be incomplete.
    | ([($until / $width | round), 1] | max) as $count
    | ($until / $width - $count + 1) as $rest
    | {
        unit: "1/s",
        every: $every,
        values: [range($count) | ($sums["\(.)"] // 0) / (if . == $count - 1 and $rest < 1 then $rest else 1 end) | round]
      }
  )
