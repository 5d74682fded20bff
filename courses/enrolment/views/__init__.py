"""The doors of what is to be learnt: the learner's own pages (`learning`) and those of whoever follows others."""

from courses.enrolment.views.learning import course_detail, course_list, lesson_detail, track_detail

__all__ = ["course_detail", "course_list", "lesson_detail", "track_detail"]
