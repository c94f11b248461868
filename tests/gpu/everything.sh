#!/usr/bin/env bash
# Everything that needs a GPU, unattended, in at most eight minutes: make gpu, or bash tests/gpu/everything.sh
#
#   OUT=folder      where the answers go (default results/gpu): gpu.json, rewritten whenever something is measured, gpu.md, gpu.log
#   STEPS=folder    where each step's own JSON goes (default $OUT/steps); gpu.json has all of them
#   PYTHON=program  default: .venv/bin/python where there is one, else python3
#   WHEELS=folder   packages to add, in an environment that is removed at the end; nothing is fetched
#   BENCH_DATA      the folder of data sets; without Fashion-MNIST in it, the sample that ships serves
#   --rehearse      every step on the CPU at tiny sizes, to see that it runs; no figure of it is a figure of a GPU
#
# Exit code 0: every step is done; 1: some are not, gpu.md says which; 2: no GPU that can be used, or another engine than the fused.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

rehearsal=()
name=gpu
if [[ "${1:-}" == --rehearse ]]; then
    rehearsal=(--rehearse)
    name=rehearsal
    export CUDA_VISIBLE_DEVICES='' JAX_PLATFORMS=cpu TRITON_INTERPRET=1 GPU_REHEARSAL=1 OMP_NUM_THREADS=1
elif [[ $# -gt 0 ]]; then
    echo "everything.sh: $1 was given; --rehearse is the only option" >&2
    exit 2
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [[ -n "${OUT:-}" ]]; then
    out=$OUT
elif [[ $name == gpu ]]; then
    out=results/gpu
else
    out=$work
fi
steps=${STEPS:-$out/steps}
python=${PYTHON:-$([[ -x .venv/bin/python ]] && echo "$PWD/.venv/bin/python" || command -v python3)}
export TRITON_CACHE_DIR=$work/triton PYTHONPATH=$PWD${PYTHONPATH:+:$PYTHONPATH} PYTHONUNBUFFERED=1
export XLA_PYTHON_CLIENT_PREALLOCATE=false

if [[ -n "${WHEELS:-}" ]]; then
    timeout --kill-after=3 15 "$python" tests/gpu/wheels.py "$WHEELS" "$work/venv" || exit 2
    python=$work/venv/bin/python
fi
timeout --kill-after=3 90 "$python" -m tests.gpu.packages "${rehearsal[@]}"
code=$?
[[ $code -eq 124 || $code -eq 137 ]] && echo "PyTorch did not start within 90 seconds" >&2
[[ $code -eq 0 ]] || exit 2

mkdir -p "$out" "$steps"
log=$out/$name.log
note() { "$python" -m tests.gpu.note "$1" "$out/$name.json" "$steps" "${@:2}" "${rehearsal[@]}"; }
note begin
exit_code=0
# Each step with its limit in seconds, wide for the first, which read libraries from a cold disk; all end within `budget`, which leaves the rest of eight minutes to this script.
budget=465
[[ $name == rehearsal ]] && budget=3600 # an interpreter, perhaps on a busy machine
for step in versions:60 kernels:60 bits:25 agreement:55 suite:60 training:70 rivals:80 study:60; do
    limit=${step#*:} step=${step%:*}
    [[ $name == rehearsal ]] && limit=$((5 * limit))
    left=$((budget - SECONDS))
    [[ $limit -le $left ]] || limit=$((left > 0 ? left : 0))
    started=$SECONDS code=124
    echo "== $step" >>"$log"
    if [[ $limit -gt 0 ]]; then
        timeout --kill-after=3 "$limit" "$python" -m tests.gpu.steps "$step" "$out/$name.json" "$steps" \
            --limit "$limit" "${rehearsal[@]}" >>"$log" 2>&1 </dev/null
        code=$?
    fi
    note end --step "$step" --code "$code" --limit "$limit" --seconds $((SECONDS - started)) --log "$log"
    [[ $code -eq 0 ]] || exit_code=1
    if [[ $code -eq 2 || ($step == versions && $code -ne 0) ]]; then
        exit_code=2
        break
    fi
done
"$python" -m tests.gpu.summary "$out/$name.json" "$out/$name.md"
cat "$out/$name.md"
exit $exit_code
