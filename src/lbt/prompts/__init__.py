"""Chat messages for teaching and for exams."""

from lbt.prompts.messages import Message, PromptSettings, exam_messages, teaching_messages

__all__ = ["Message", "PromptSettings", "exam_messages", "teaching_messages"]
