"""Chat messages for teaching and for exams."""

from lbt.prompts.messages import Message, PromptSettings, Shot, exam_messages, teaching_messages

__all__ = ["Message", "PromptSettings", "Shot", "exam_messages", "teaching_messages"]
