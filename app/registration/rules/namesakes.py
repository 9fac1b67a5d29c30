"""Who may be one person under two documents: pure functions."""

from app.registration.models import Registration
from app.registration.rules.requests import Names, is_small


def slips_of(number: str) -> list[str]:
    """Return the numbers that one slip makes of a document number: a digit that is another one, or two neighbours
    that are swapped. A DNI has at most 79 of them.
    """
    found = {
        number[:place] + digit + number[place + 1 :] for place in range(len(number)) for digit in "0123456789"
    }
    found |= {
        number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        for place in range(len(number) - 1)
    }
    return sorted(found - {number})


def are_alike(some: Names, others: Names) -> bool:
    """Return whether two names differ by no more than a slip of the pen, or by a surname that one of them lacks."""
    return is_small(some, others) or is_small(others, some)


def names_of(registration: Registration) -> Names:
    """Return the names of a registration, to be compared."""
    return Names(registration.given_names, registration.first_surname, registration.second_surname)
