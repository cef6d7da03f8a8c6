#!/usr/bin/env bash
# Executes the notebooks, or those that are named, from start to end and keeps their outputs in them.
#
#   notebooks/run.sh [NOTEBOOK.ipynb...]
#
# Needs what ./federa needs, and python3 with nbconvert and jupyter-client (pip install nbconvert, or Debian's
# jupyter-nbconvert). The data is that of quickstart, trained first if it is not there.
#
# FEDERA_WAREHOUSE   its warehouse (default: notebooks/target/warehouse)
# PYTHON             the python3 that has nbconvert
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
home="$(dirname "$here")"
python="${PYTHON:-python3}"
export FEDERA_WAREHOUSE="${FEDERA_WAREHOUSE:-$here/target/warehouse}"

"$python" -c 'import nbconvert, jupyter_client' 2>/dev/null || {
  echo "run.sh: $python has no nbconvert; pip install nbconvert, and name its python as PYTHON" >&2
  exit 2
}

"$home/federa" quickstart --warehouse "$FEDERA_WAREHOUSE" >/dev/null
[ -d "$here/target/jars" ] || (cd "$home" && ./mvnw -q -B -Pnotebooks -pl notebooks package >&2)

# The kernel, with the jars of Spark and of the project on its class path.
"$python" - "$home" <<'PY'
import json, os, re, sys

home = sys.argv[1]
opens = re.search("<spark.opens>(.*?)</spark.opens>", open(f"{home}/pom.xml").read()).group(1).split()
jars = [f"{home}/notebooks/target/jars/*", f"{home}/jobs/target/federa.jar", f"{home}/jobs/target/natives/*", f"{home}/jobs/spark/target/jars/*"]
java = os.path.join(os.environ["JAVA_HOME"], "bin/java") if os.environ.get("JAVA_HOME") else "java"
kernel = {
    "display_name": "Java with FeDeRA",
    "language": "java",
    "argv": [java, *opens, "-Xmx2g", "-Djava.awt.headless=true",
             f"-Dlog4j2.configurationFile=file:{home}/conf/spark/log4j2.properties", "-Dai.djl.offline=true", "-DOPT_OUT_TRACKING=true",
             "-Dai.djl.pytorch.num_interop_threads=1", "-cp", ":".join(jars),
             "org.rapaio.jupyter.kernel.MainApp", "{connection_file}"],
    "env": {"OMP_WAIT_POLICY": "passive"},
}
folder = f"{home}/notebooks/target/jupyter/kernels/federa-java"
os.makedirs(folder, exist_ok=True)
json.dump(kernel, open(f"{folder}/kernel.json", "w"), indent=1)
PY

export JUPYTER_PATH="$here/target/jupyter${JUPYTER_PATH:+:$JUPYTER_PATH}"
cd "$here"
[ $# -gt 0 ] || set -- 0*.ipynb
"$python" -m nbconvert --to notebook --execute --inplace --ExecutePreprocessor.timeout=1800 --ExecutePreprocessor.startup_timeout=300 \
  --ExecutePreprocessor.record_timing=False "$@"
