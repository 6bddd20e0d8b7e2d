"""Learning by teaching: a teacher explains, students sit exams, their success trains the teacher."""

__version__ = "0.2.0"
