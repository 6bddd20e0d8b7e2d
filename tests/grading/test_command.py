import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


def run(lines: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lbt.grading", "--domain", "math", *options]
    return subprocess.run(command, input=lines, capture_output=True, text=True, timeout=300)


def test_rows_pass_through_in_order_with_their_verdict() -> None:
    rows = [
        {"id": 1, "gold": "x^2-1", "text": "\\boxed{(x-1)(x+1)}", "note": ["a", None, "\u2028é"]},
        {"gold": "5", "text": "\\boxed{6}"},
        {"gold": "5", "text": "We add", "finish_reason": "length"},
        {"gold": "_7", "text": "\\boxed{6}"},
    ]
    done = run("\n".join(map(json.dumps, rows)) + "\n")
    assert (done.returncode, done.stderr) == (0, "")
    written = [json.loads(line) for line in done.stdout.split("\n")[:-1]]
    assert written == [
        rows[0] | {"verdict": "correct", "extracted": "(x-1)(x+1)", "rule": "\\boxed"},
        rows[1] | {"verdict": "wrong", "extracted": "6", "rule": "\\boxed"},
        rows[2] | {"verdict": "truncated", "extracted": None, "rule": None},
        rows[3] | {"verdict": "error", "extracted": "6", "rule": "\\boxed"},
    ]


def test_an_unusable_line_is_named_and_ends_the_command() -> None:
    good = json.dumps({"gold": "5", "text": "\\boxed{5}"}) + "\n"
    for bad, said in [
        ('{"gold": "5"}', "line 2: field 'text' is missing"),
        ('{"gold": 5, "text": ""}', "line 2: field 'gold' must be text"),
        ("{", "line 2: is not valid JSON"),
        ("[]", "line 2: must be a JSON object"),
        ('{"gold": "5", "text": "", "finish_reason": "eos"}', "line 2: field 'finish_reason'"),
    ]:
        done = run(good + bad + "\n" + good)
        assert done.returncode == 2
        assert said in done.stderr
        assert done.stdout.count("\n") == 1


def test_an_empty_file_has_no_verdicts() -> None:
    done = run("")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
