"""Learning by teaching: a teacher explains, students sit exams, their success trains the teacher."""

import os

__version__ = "0.2.0"

# Nothing is sent anywhere: MLflow, Kedro and the Hugging Face libraries read these when they are imported.
for _switch in ("DO_NOT_TRACK", "MLFLOW_DISABLE_TELEMETRY"):
    os.environ.setdefault(_switch, "true")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
