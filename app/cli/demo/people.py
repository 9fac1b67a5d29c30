"""Invented people: names of many regions, document numbers from 00000001 upward."""

from itertools import islice, product

from app.registration.models import DocumentType
from app.registration.services import Person

_GIVEN = (
    "Rosa",
    "Elmer",
    "Zoë",
    "Luis Alberto",
    "Marta",
    "Ñusta",
    "Julio César",
    "Yenny",
    "Íngrid",
    "Wilmer",
    "Flor de María",
    "Abel",
)
_SURNAMES = (
    ("Quispe", "Mamani"),
    ("Shimbucat", "Taish"),
    ("Ñahui", "Túpac"),
    ("Huamán", "D’Ángela"),
    ("Pizango", "Ríos"),
    ("Condori", "Flores"),
    ("Chávez", ""),
    ("Yampis", "Tsʼejeŋ"),
    ("Nuñez", "del Prado"),
    ("Apaza", "Cahuana"),
)
_PLACES = (
    ("Municipalidad Distrital de Imaza", "010205"),
    ("Comunidad San Rafael", "160101"),
    ("Municipalidad Provincial de Condorcanqui", "010401"),
    ("Gobierno Regional del Cusco", "080101"),
    ("Presidencia del Consejo de Ministros", "150101"),
    ("Municipalidad Distrital de Manseriche", "160703"),
    ("Municipalidad Distrital de Urarinas", "160305"),
    ("Municipalidad Distrital de Paracas", "110505"),
)
_POSTS = (
    "Especialista",
    "Jefa de oficina",
    "Líder comunal",
    "Analista",
    "Asistente administrativo",
    "Regidora",
)


def invented(count: int, *, first: int = 1) -> list[Person]:
    """Return `count` different people; number `first` is the first one's document number."""
    pairs = islice(_pairs(), first - 1, first - 1 + count)
    return [_person(number, given, surnames) for number, (given, surnames) in enumerate(pairs, start=first)]


def _pairs() -> list[tuple[str, tuple[str, str]]]:
    # Diagonal order, so that neighbours in the list differ in both names.
    everyone = list(product(range(len(_GIVEN)), range(len(_SURNAMES))))
    everyone.sort(key=lambda pair: ((pair[1] - pair[0]) % len(_SURNAMES), pair[0]))
    return [(_GIVEN[given], _SURNAMES[surname]) for given, surname in everyone]


def _person(number: int, given: str, surnames: tuple[str, str]) -> Person:
    entity, ubigeo = _PLACES[(number - 1) % len(_PLACES)]
    return Person(
        document_type=DocumentType.DNI,
        document_number=f"{number:08d}",
        given_names=given,
        first_surname=surnames[0],
        second_surname=surnames[1],
        email=f"persona{number}@demo.example",
        phone=f"9{number:08d}",
        entity=entity,
        position=_POSTS[number % len(_POSTS)],
        ubigeo=ubigeo,
    )
