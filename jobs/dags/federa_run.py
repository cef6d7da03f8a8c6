"""A federated run as an Airflow DAG: import-model -> prepare -> partition -> train -> evaluate -> export -> report.

Each task is one job under spark-submit, named by the DAG run: a retry or a second run of a task finds what is in the warehouse, and
train goes on after its last committed round. The last task returns the metrics as JSON, for XCom.

Put this file, or a link to it, into the DAGs folder. It reads the environment of Airflow's scheduler and workers:
  FEDERA_HOME       the checkout, built with ./mvnw package
  FEDERA_CONF       the experiment file (default: quickstart's)
  FEDERA_WAREHOUSE  where everything is kept (default: warehouse in the checkout)
  FEDERA_RESULTS    directory that drivers write to and workers read from (default: dag-results in the checkout)
Master and deploy mode are those of the connection spark_default. Needs apache-airflow-providers-apache-spark.
"""

import json
import os
import re
from datetime import datetime, timedelta
from pathlib import Path

from airflow.decorators import dag, task
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator

HOME = Path(os.environ["FEDERA_HOME"])
CONF = os.environ.get("FEDERA_CONF", f"{HOME}/conf/experiments/quickstart.yaml")
WAREHOUSE = os.environ.get("FEDERA_WAREHOUSE", f"{HOME}/warehouse")
RESULTS = os.environ.get("FEDERA_RESULTS", f"{HOME}/dag-results")

RUN_ID = "{{ federa_run_id(run_id) }}"
JAVA_OPTIONS = "-Dai.djl.offline=true -DOPT_OUT_TRACKING=true -Dai.djl.pytorch.num_interop_threads=1"


def federa_run_id(run_id):
    """The DAG run's id in the characters that a run id of the tables may have."""
    return re.sub("[^A-Za-z0-9._-]", "-", run_id)[:100]


def job(name, *arguments):
    return SparkSubmitOperator(
        task_id=name.replace("-", "_"),
        name=f"federa {name} {RUN_ID}",
        application=f"{HOME}/jobs/target/federa.jar",
        java_class="federa.job.Federa",
        application_args=[name, "--warehouse", WAREHOUSE, *arguments],
        jars=",".join(sorted(str(jar) for jar in (HOME / "jobs/target/natives").glob("*.jar"))),
        conf={
            "spark.driver.extraJavaOptions": JAVA_OPTIONS,
            "spark.executor.extraJavaOptions": JAVA_OPTIONS,
            "spark.executorEnv.OMP_WAIT_POLICY": "passive",
        },
        env_vars={"FEDERA_HOME": str(HOME), "OMP_WAIT_POLICY": "passive"},
    )


@task
def result(run_id):
    """What train and evaluate reported."""
    directory = Path(RESULTS, federa_run_id(run_id))
    return {step: json.loads((directory / f"{step}.json").read_text()) for step in ("train", "evaluate")}


@dag(
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=1)},
    user_defined_macros={"federa_run_id": federa_run_id},
    doc_md=__doc__,
)
def federa_run():
    conf = ("--conf", CONF)
    run = ("--run-id", RUN_ID)
    results = f"{RESULTS}/{RUN_ID}"
    (
        job("import-model", *conf)
        >> job("prepare", *conf)
        >> job("partition", *conf)
        >> job("train", *conf, *run, "--result", f"{results}/train.json")
        >> job("evaluate", *run, "--result", f"{results}/evaluate.json")
        >> job("export", *run, "--format", "hugging-face", "--out", f"{results}/model", "--overwrite")
        >> job("report", *run)
        >> result("{{ run_id }}")
    )


federa_run()
