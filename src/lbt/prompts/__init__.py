"""Chat messages for teaching, for exams and for the turn after a failed test."""

from lbt.prompts.debugging import DebugSettings, debug_messages, tell_failure
from lbt.prompts.messages import Demo, Message, PromptSettings, Shot, exam_messages, teaching_messages

__all__ = [
    "DebugSettings",
    "Demo",
    "Message",
    "PromptSettings",
    "Shot",
    "debug_messages",
    "exam_messages",
    "teaching_messages",
    "tell_failure",
]
