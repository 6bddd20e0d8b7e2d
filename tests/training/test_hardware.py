"""Where a training runs: on the device that was asked for, or nowhere."""

from pathlib import Path
from typing import Any

import pytest

from lbt.errors import ModelError
from lbt.generation import ModelSettings
from lbt.prompts import PromptSettings
from lbt.training import Training, TrainingSettings


def training(device: str, **settings: Any) -> Training:
    model = ModelSettings(path="models/any", device=device)
    return Training(model, "models.teacher", PromptSettings(), TrainingSettings(**settings), 0)


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the library says where there are two; nothing is computed on them."""
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda: True)


@pytest.mark.parametrize(
    ("device", "chosen"), [("auto", "cuda:0"), ("cuda", "cuda:0"), ("cuda:1", "cuda:1"), ("cpu", "cpu")]
)
@pytest.mark.usefixtures("two_gpus")
def test_the_trainer_is_given_the_device_that_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, device: str, chosen: str
) -> None:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    from lbt.training import dpo

    monkeypatch.setattr("torch.cuda.set_device", lambda _: None)
    hardware = dpo.Hardware.choose(training(device))
    assert (str(hardware.device), hardware.bfloat16) == (chosen, chosen != "cpu")
    tiny = LlamaConfig(hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1)
    trainee = dpo.Trainee(
        LlamaForCausalLM(tiny), PreTrainedTokenizerFast.__new__(PreTrainedTokenizerFast), hardware
    )
    arguments = dpo.make_arguments(training(device), trainee, tmp_path)
    assert arguments.device == torch.device(chosen)
    assert arguments.n_gpu <= 1


@pytest.mark.usefixtures("two_gpus")
def test_a_gpu_that_is_not_there_is_named() -> None:
    from lbt.training.dpo import Hardware

    with pytest.raises(ModelError, match=r"models\.teacher: device 'cuda:2' is not available here"):
        Hardware.choose(training("cuda:2"))


def test_precision_may_be_asked_for() -> None:
    from lbt.training.dpo import Hardware

    assert Hardware.choose(training("cpu", precision="bfloat16")).bfloat16
    assert not Hardware.choose(training("cpu", precision="auto")).bfloat16


@pytest.mark.usefixtures("two_gpus")
def test_each_of_several_processes_takes_a_gpu_of_its_own() -> None:
    from lbt.training.dpo import Hardware
    from lbt.training.team import Team

    chosen = [Hardware.choose(training("auto"), Team(4, rank, rank % 2)).device for rank in range(4)]
    assert [str(device) for device in chosen] == ["cuda:0", "cuda:1"] * 2
    with pytest.raises(ModelError, match=r"process 2 of 3 finds no GPU of its own; this machine has 2"):
        Hardware.choose(training("auto"), Team(3, 2, 2))
    with pytest.raises(ModelError, match=r"device 'cuda:1' names one GPU, but training\.processes is 2"):
        Hardware.choose(training("cuda:1"), Team(2, 0, 0))
    assert Hardware.choose(training("cpu"), Team(3, 2, 2)).device.type == "cpu"
