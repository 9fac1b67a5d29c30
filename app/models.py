"""Every table of the application, imported in one place for the migrations and the tests."""

from app.accounts import models as accounts
from app.assessments import models as assessments
from app.attendance import models as attendance
from app.audit import AuditEntry
from app.certificates import models as certificates
from app.credentials import models as credentials
from app.events import models as events
from app.live import models as live
from app.mail import models as mail
from app.mailings import models as mailings
from app.publiclog import models as publiclog
from app.registration import models as registration

__all__ = [
    "AuditEntry",
    "accounts",
    "assessments",
    "attendance",
    "certificates",
    "credentials",
    "events",
    "live",
    "mail",
    "mailings",
    "publiclog",
    "registration",
]
