# Memory, descriptors and threads of a cluster's processes, for the scripts beside this one: source it behind cluster-lib.sh.
# A row every 10 s into $out/resources.tsv: second, process, process id, resident MB, descriptors, threads, MB of the GC heap after its
# last collection.

resources_header=$'second\tprocess\tpid\trss_mb\tdescriptors\tthreads\theap_mb'

heap_mb() { # URL
  curl -s -m 2 "$1/metrics" | awk '/^dotnet_gc_last_collection_heap_size_bytes/ {s += $2} END {printf "%.1f", s / 1048576}'
}
record_process() { # SECOND NAME PID URL
  local status=/proc/$3/status descriptors
  [ -r "$status" ] || return 0
  descriptors=$(ls "/proc/$3/fd" 2>/dev/null | wc -l)
  awk -v second="$1" -v name="$2" -v pid="$3" -v fd="$descriptors" -v heap="${4:+$(heap_mb "$4")}" -v OFS='\t' '
    /^VmRSS/ {rss = $2 / 1024} /^Threads/ {threads = $2}
    END {if (rss) print second, name, pid, sprintf("%.1f", rss), fd, threads, heap}' "$status" 2>/dev/null || true
}
# Runs beside the drills, from where it knows all processes by their ids: FILE is read anew each time, as name, process id and URL.
record_resources() {
  local began=$SECONDS name id url
  while :; do
    while read -r name id url; do record_process $((SECONDS - began)) "$name" "$id" "$url"; done <"$out/processes" >>"$out/resources.tsv" 2>/dev/null
    sleep 10
  done
}
start_resources() { echo "$resources_header" >"$out/resources.tsv"; list_processes; record_resources & recorder=$!; }
stop_resources() { [ -z "${recorder:-}" ] || { kill "$recorder" 2>/dev/null || true; wait "$recorder" 2>/dev/null || true; recorder=''; }; }
list_processes() {
  local name; : >"$out/processes.new"
  [ -z "${store:-}" ] || echo "redis $store" >>"$out/processes.new"
  for name in "${!pid[@]}"; do
    case $name in
      silo*) echo "$name ${pid[$name]} $(silo_url "${name#silo}")" ;;
      gateway*) echo "$name ${pid[$name]} $(gateway_url "${name#gateway}")" ;;
    esac >>"$out/processes.new"
  done
  sort -o "$out/processes.new" "$out/processes.new"; mv "$out/processes.new" "$out/processes"
}
# For each process that lived on behind the first SETTLE seconds: what it had then, at the end, and the slope between by least squares.
report_resources() { # SETTLE
  awk -F'\t' -v settle="$1" '
    NR > 1 && $1 >= settle {
      k = $2 " " $3
      if (!(k in n)) {order[++keys] = k; for (c = 4; c <= 7; c++) first[k, c] = $c}
      n[k]++; x[k] += $1; xx[k] += $1 * $1; y[k] += $4; xy[k] += $1 * $4; h[k] += $7; xh[k] += $1 * $7
      for (c = 4; c <= 7; c++) last[k, c] = $c
      span[k] = $1 - settle
    }
    END {
      for (i = 1; i <= keys; i++) {
        k = order[i]; if (n[k] < 3) continue
        d = n[k] * xx[k] - x[k] * x[k]
        printf "resources: %-18s resident %6.1f -> %6.1f MB (%+.2f MB a minute), heap %5.1f -> %5.1f MB (%+.2f), descriptors %d -> %d, threads %d -> %d, within %d s behind the first %d\n", \
          k, first[k, 4], last[k, 4], 60 * (n[k] * xy[k] - x[k] * y[k]) / d, first[k, 7], last[k, 7], 60 * (n[k] * xh[k] - x[k] * h[k]) / d, \
          first[k, 5], last[k, 5], first[k, 6], last[k, 6], span[k], settle
      }
    }' "$out/resources.tsv"
}
