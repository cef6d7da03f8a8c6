"""Prints what a DAG file holds as JSON: dag_tasks.py FILE RUN_ID tasks|result.

"tasks" are the jobs in their order, with their templates rendered; "result" is what the last task returns once they have run.

With Airflow installed, Airflow loads the file. Without, the few names that the file imports are recorded by the classes below.
"""

import importlib.util
import json
import sys
import types
from pathlib import Path


def by_airflow(file, run_id):
    from airflow.models import DagBag

    bag = DagBag(str(file), include_examples=False)
    assert not bag.import_errors, bag.import_errors
    (dag,) = bag.dags.values()
    macros = {**dag.user_defined_macros, "run_id": run_id}
    environment = dag.get_template_env()
    render = lambda text: environment.from_string(text).render(macros)
    return [
        {"task": t.task_id, "retries": t.retries, "class": t.java_class, "arguments": [render(a) for a in t.application_args]}
        for t in dag.topological_sort()
        if hasattr(t, "application_args")
    ], dag.get_task("result").python_callable


class Recorded:
    order = []

    def __init__(self, **arguments):
        self.arguments = arguments

    def __rshift__(self, other):
        for node in (self, other):
            if node not in Recorded.order:
                Recorded.order.append(node)
        return other


def by_recording(file, run_id):
    called = {}

    def dag(**settings):
        called.update(settings)
        return lambda function: function

    def task(function):
        called["result"] = function
        return lambda *arguments: Recorded()

    for name, contents in {
        "airflow": {},
        "airflow.decorators": {"dag": dag, "task": task},
        "airflow.providers": {},
        "airflow.providers.apache": {},
        "airflow.providers.apache.spark": {},
        "airflow.providers.apache.spark.operators": {},
        "airflow.providers.apache.spark.operators.spark_submit": {"SparkSubmitOperator": Recorded},
    }.items():
        module = types.ModuleType(name)
        module.__dict__.update(contents)
        sys.modules[name] = module
    spec = importlib.util.spec_from_file_location("dag", file)
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    own = called["user_defined_macros"]["federa_run_id"](run_id)
    render = lambda text: text.replace("{{ federa_run_id(run_id) }}", own)
    tasks = [node.arguments for node in Recorded.order if node.arguments]
    return [
        {"task": t["task_id"], "retries": called["default_args"]["retries"], "class": t["java_class"],
         "arguments": [render(a) for a in t["application_args"]]}
        for t in tasks
    ], called["result"]


file, run_id, wanted = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
load = by_airflow if importlib.util.find_spec("airflow") else by_recording
tasks, result = load(file, run_id)
print(json.dumps(tasks if wanted == "tasks" else result(run_id)))
