# shellcheck shell=bash
# Steps of a script that goes on where one fails. It is sourced by scripts that name the folder of reports in `out` and the wanted steps in `steps`.
failed=()

wants() { [[ $steps == *" $1 "* ]]; }

step() { # NAME COMMAND… — prints, keeps and times what a step says
  local name=$1 start=$SECONDS
  shift
  echo "== $name: $*"
  "$@" 2>&1 | tee "$out/$name.txt" || { failed+=("$name"); echo "FAILED: $name"; }
  echo "== $name took $((SECONDS - start)) s"
}

json() { # NAME COMMAND… — a report for programs beside what people read
  local name=$1 start=$SECONDS
  shift
  echo "== $name: $*"
  if "$@" >"$out/$name.json" 2>"$out/$name.log"; then grep -v '^info' "$out/$name.log"; else failed+=("$name"); echo "FAILED: $name"; tail -n 20 "$out/$name.log"; fi
  echo "== $name took $((SECONDS - start)) s"
}

finish() { # says which steps failed; the exit status of the script
  [ ${#failed[@]} -eq 0 ] && { echo "all steps done, reports in $out"; return 0; }
  echo "failed: ${failed[*]}"
  return 1
}
