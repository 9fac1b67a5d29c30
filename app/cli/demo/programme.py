"""What the demonstration shows. The sessions and all people are invented; document numbers begin at 00000001."""

from dataclasses import dataclass, field
from datetime import date, time

from app.certificates.models import Signatory
from app.events.models import Modality, SessionKind

T, P, W, C, B = (
    SessionKind.TALK,
    SessionKind.PANEL,
    SessionKind.WORKSHOP,
    SessionKind.CEREMONY,
    SessionKind.BREAK,
)


@dataclass(frozen=True)
class SessionPlan:
    """A session of the demonstration, in local time."""

    start: time
    end: time
    title: str
    kind: SessionKind = T
    room: str = ""
    speakers: tuple[str, ...] = ()
    moderator: str = ""
    abstract: str = ""
    online: bool = False


@dataclass(frozen=True)
class DayPlan:
    """A day of the demonstration: how many days after the first one, its title and its sessions."""

    offset: int
    title: str
    sessions: tuple[SessionPlan, ...]


@dataclass(frozen=True)
class EventPlan:
    """An event of the demonstration."""

    organisation: str
    unit: str
    slug: str
    title: str
    summary: str
    description: str
    modality: Modality
    days: tuple[DayPlan, ...]
    hours: int
    minimum_percent: int = 80
    capacity: int | None = None
    venue_name: str = ""
    venue_address: str = ""
    accessibility: str = ""
    contact_email: str = ""
    rooms: tuple[tuple[str, int | None], ...] = ()


@dataclass(frozen=True)
class Body:
    """An organisation of the demonstration."""

    slug: str
    name: str
    short_name: str
    accent: str
    units: tuple[str, ...]
    year_name: str = field(default="")
    address: str = ""


PCM = "pcm-demo"
OLEODUCTO = "oleoducto-demo"
MANCOMUNIDAD = "mancomunidad-demo"

BODIES = (
    Body(
        PCM,
        "Presidencia del Consejo de Ministros (demo)",
        "PCM (demo)",
        "#9e1b42",
        ("Secretaría de Gestión Pública", "Secretaría de Integridad Pública"),
        address="Lima",
    ),
    Body(
        OLEODUCTO,
        "Relaciones Comunitarias del Oleoducto (demo)",
        "Oleoducto (demo)",
        "#1f5f5b",
        ("Gestión Social",),
        address="Iquitos",
    ),
    Body(
        MANCOMUNIDAD,
        "Mancomunidad de Municipalidades Amazónicas (demo)",
        "Mancomunidad (demo)",
        "#8a5a00",
        ("Escuela de Gestión Pública",),
        address="Bagua",
    ),
)

_INVENTED = "Sesión inventada para la demostración."
OPEN_GOVERNMENT_DAYS = (
    DayPlan(
        0,
        "Gobierno Abierto: Logros, Iniciativas y Retos en Perú",
        (
            SessionPlan(
                time(9),
                time(9, 30),
                "Inauguración",
                C,
                "Sala principal",
                ("Marta Pizango Ríos",),
                online=True,
            ),
            SessionPlan(
                time(9, 30),
                time(11),
                "Panel: avances del V Plan de Acción",
                P,
                "Sala principal",
                ("Luis Huamán D’Ángela", "Zoë Ñahui Túpac", "Elmer Shimbucat Taish"),
                "Ana Condori Flores",
                _INVENTED,
                True,
            ),
            SessionPlan(time(11), time(11, 15), "Pausa", B),
            SessionPlan(
                time(11, 15),
                time(12, 30),
                "Datos abiertos en municipalidades",
                W,
                "Sala principal",
                ("Zoë Ñahui Túpac",),
                abstract=_INVENTED,
                online=True,
            ),
        ),
    ),
    DayPlan(
        1,
        "Mejora de la calidad de los servicios en el marco de gobierno abierto",
        (
            SessionPlan(
                time(9),
                time(10, 15),
                "Norma técnica de calidad de servicios",
                T,
                "Sala principal",
                ("Ana Condori Flores",),
                abstract=_INVENTED,
                online=True,
            ),
            SessionPlan(time(10, 15), time(10, 30), "Pausa", B),
            SessionPlan(
                time(10, 30),
                time(12),
                "Experiencias regionales",
                P,
                "Sala principal",
                ("Luis Huamán D’Ángela", "Marta Pizango Ríos"),
                abstract=_INVENTED,
                online=True,
            ),
            SessionPlan(
                time(10, 30),
                time(12),
                "Lengua originaria en ventanilla",
                W,
                "Sala B",
                ("Elmer Shimbucat Taish",),
                abstract=_INVENTED,
                online=True,
            ),
        ),
    ),
    DayPlan(
        2,
        "Calidad Regulatoria y Gobierno Abierto: Impulsando la Participación Ciudadana en Perú",
        (
            SessionPlan(
                time(9),
                time(10, 15),
                "Análisis de impacto regulatorio",
                T,
                "Sala principal",
                ("Rómulo Chávez Tello",),
                abstract=_INVENTED,
                online=True,
            ),
            SessionPlan(time(10, 15), time(10, 30), "Pausa", B),
            SessionPlan(
                time(10, 30),
                time(11, 45),
                "Consulta pública digital",
                W,
                "Sala principal",
                ("Zoë Ñahui Túpac", "Rómulo Chávez Tello"),
                abstract=_INVENTED,
                online=True,
            ),
            SessionPlan(
                time(11, 45),
                time(12, 15),
                "Clausura",
                C,
                "Sala principal",
                ("Marta Pizango Ríos",),
                online=True,
            ),
        ),
    ),
)

SIGNATORIES = (
    Signatory(name="Nombre de quien firma", position="Secretaria de Gestión Pública (demo)"),
    Signatory(name="Nombre de quien firma", position="Directora de Gobierno Abierto (demo)"),
)
_SUMMARY = (
    "Tres días para conocer, preguntar y proponer: "
    "transparencia, servicios de calidad y participación ciudadana."
)
_DESCRIPTION = (
    "La Semana de Gobierno Abierto reúne a servidores públicos, sociedad civil, academia y empresas.\n\n"
    "Las sesiones y las personas de esta página son inventadas: sirven para mostrar Tinkuy."
)

PAST_FIRST_DAY = date(2024, 5, 28)
PAST = EventPlan(
    PCM,
    "Secretaría de Gestión Pública",
    "semana-gobierno-abierto-2024",
    "Semana de Gobierno Abierto 2024",
    _SUMMARY,
    _DESCRIPTION,
    Modality.VIRTUAL,
    OPEN_GOVERNMENT_DAYS,
    hours=10,
    minimum_percent=75,
    accessibility="Lengua de señas y subtítulos",
    rooms=(("Sala principal", None), ("Sala B", None)),
)
TODAY = EventPlan(
    PCM,
    "Secretaría de Gestión Pública",
    "semana-gobierno-abierto",
    "Semana de Gobierno Abierto",
    _SUMMARY,
    _DESCRIPTION,
    Modality.HYBRID,
    OPEN_GOVERNMENT_DAYS,
    hours=10,
    minimum_percent=75,
    capacity=200,
    venue_name="Auditorio de la Secretaría (demo)",
    venue_address="Lima",
    accessibility="Lengua de señas y subtítulos",
    contact_email="eventos@demo.example",
    rooms=(("Sala principal", 200), ("Sala B", 60)),
)

WORKSHOP = EventPlan(
    OLEODUCTO,
    "Gestión Social",
    "taller-gobernanza-lideres",
    "Gobernanza, liderazgo y gestión pública",
    "Taller para sesenta líderes y lideresas de comunidades y centros poblados.",
    "Dos días de trabajo en grupos. Las sesiones son inventadas para la demostración.",
    Modality.IN_PERSON,
    (
        DayPlan(
            0,
            "Gobernanza y liderazgo",
            (
                SessionPlan(time(8, 30), time(9), "Bienvenida", C, "Auditorio", ("Marta Pizango Ríos",)),
                SessionPlan(
                    time(9),
                    time(12, 30),
                    "Liderazgo en la comunidad",
                    W,
                    "Auditorio",
                    ("Elmer Shimbucat Taish",),
                ),
                SessionPlan(time(12, 30), time(14), "Almuerzo", B),
                SessionPlan(
                    time(14), time(17), "Diálogo y acuerdos", W, "Auditorio", ("Ana Condori Flores",)
                ),
            ),
        ),
        DayPlan(
            1,
            "Gestión pública cerca de la gente",
            (
                SessionPlan(
                    time(8, 30),
                    time(12, 30),
                    "Cómo funciona la municipalidad",
                    W,
                    "Auditorio",
                    ("Rómulo Chávez Tello",),
                ),
                SessionPlan(time(12, 30), time(14), "Almuerzo", B),
                SessionPlan(
                    time(14),
                    time(16, 30),
                    "Presupuesto participativo",
                    W,
                    "Auditorio",
                    ("Luis Huamán D’Ángela",),
                ),
                SessionPlan(time(16, 30), time(17), "Clausura", C, "Auditorio"),
            ),
        ),
    ),
    hours=14,
    capacity=60,
    venue_name="Centro de capacitación (demo)",
    venue_address="Iquitos, Maynas, Loreto",
    rooms=(("Auditorio", 80),),
)

_SUBJECTS = (
    "Planeamiento estratégico y organización institucional",
    "Gestión y presupuesto por resultados",
    "Elaboración y evaluación de fichas técnicas, perfiles y expedientes de proyectos de inversión pública e IOARR",
    "Diseño de requerimientos técnicos y contratación de expedientes técnicos de proyectos de inversión pública"
    " e IOARR",
    "Normativa de contrataciones del Estado",
)
_PROGRAMME_LENGTH = 238  # days from the first meeting to the last: eight months


def _programme_days() -> tuple[DayPlan, ...]:
    days = []
    for index in range(10):
        subject, half = divmod(index, 2)
        sessions = (
            SessionPlan(
                time(9), time(12), _SUBJECTS[subject], W, "Aula", ("Rómulo Chávez Tello",), abstract=_INVENTED
            ),
            SessionPlan(
                time(14), time(17), f"Taller: {_SUBJECTS[subject]}"[:200], W, "Aula", ("Ana Condori Flores",)
            ),
        )
        offset = round(index * _PROGRAMME_LENGTH / 9 / 7) * 7
        days.append(DayPlan(offset, f"Materia {subject + 1}, encuentro {half + 1}", sessions))
    return tuple(days)


PROGRAMME = EventPlan(
    MANCOMUNIDAD,
    "Escuela de Gestión Pública",
    "programa-gestion-publica",
    "Programa de gestión pública municipal",
    "Ocho meses y cinco materias para ochenta funcionarios de cinco municipalidades.",
    "Imaza, Manseriche, Urarinas, Condorcanqui y Datem del Marañón. Los encuentros son inventados.",
    Modality.IN_PERSON,
    _programme_days(),
    hours=60,
    capacity=80,
    venue_name="Aula de la mancomunidad (demo)",
    venue_address="Santa María de Nieva, Condorcanqui, Amazonas",
    rooms=(("Aula", 90),),
)
