"""Where a model runs and in which precision, chosen from what the machine has."""

import torch

from lbt.errors import ModelError

DEVICES = ("cpu", "cuda")


def choose_device(device: str, name: str) -> torch.device:
    """The device that a setting names; auto takes a GPU if there is one.

    Raises:
        ModelError: The device does not exist or is not available; `name` is the model's name in the message.
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        chosen = torch.device(device)
    except RuntimeError as error:
        raise ModelError(f"{name}: {device!r} is not a device: {error}. Use auto, cpu or cuda.") from error
    if chosen.type not in DEVICES or (
        chosen.type == "cuda" and (chosen.index or 0) >= torch.cuda.device_count()
    ):
        raise ModelError(f"{name}: device {device!r} is not available here. Set its 'device' to auto or cpu.")
    return chosen


def choose_dtype(dtype: str, device: torch.device) -> torch.dtype:
    """The precision that a setting names; auto is a 16-bit one where the hardware computes in it."""
    if dtype != "auto":
        chosen: torch.dtype = getattr(torch, dtype)
        return chosen
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    # Elsewhere bfloat16 is emulated and slower than float32.
    abilities = torch.cpu.get_capabilities()
    fast = abilities.get("avx512_bf16") or abilities.get("amx_bf16")
    return torch.bfloat16 if fast else torch.float32
