"""What can go wrong with grades."""

from flask_babel import lazy_gettext as _

from app.errors import DomainError


class GradeError(DomainError):
    """A refusal of this package."""


class NotAGrade(GradeError):
    """Something that is no number from 0 to 20 with at most two decimals."""

    def __init__(self, text: str) -> None:
        super().__init__(_("«%(text)s» is no grade: write a number from 0 to 20.", text=text[:20]))


class SubjectExists(GradeError):
    """Two subjects of one name."""

    message = _("The event has a subject of this name already.")
    field = "name"


class SubjectHasGrades(GradeError):
    """A subject cannot be taken away while somebody has a grade in it."""

    message = _("This subject has grades. Take them away first.")


class BadGradeFile(GradeError):
    """A file of grades of which nothing was entered; `problems` says why, row by row."""

    message = _("Nothing was entered. Correct these rows and send the file again.")
    field = "file"

    def __init__(self, problems: list[str]) -> None:
        super().__init__()
        self.problems = problems
