"""What can go wrong with certificates."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _

from app.errors import DomainError


class CertificateError(DomainError):
    """A refusal of this package."""


class UnknownMergeField(CertificateError):
    """A text names a merge field that does not exist."""

    def __init__(self, name: str, field: str | None = None) -> None:
        super().__init__(_("There is no field {%(name)s}. Choose one of the list.", name=name), field)
        self.name = name


class StrayBrace(CertificateError):
    """A text holds a brace that belongs to no merge field."""

    message = _("A brace { or } stands alone. Write fields as {evento}, or leave the brace out.")


class HoursMissing(CertificateError):
    """Nobody has said how many hours the certificates state."""

    message = _("Set the hours first: a certificate always states them.")
    field = "hours"


class HoursNotSayable(CertificateError):
    """Hours that are neither whole nor half, or too many."""

    message = _("Write whole or half hours, from 0.5 to 999.")
    field = "hours"


class NobodyQualifies(CertificateError):
    """There is no certificate to issue."""

    message = _("There is nobody to issue a certificate to: whoever qualifies already has one.")


class NoLongerHolds(CertificateError):
    """A certificate that was replaced or annulled cannot be so again."""

    message = _("This certificate was already replaced or annulled.")


class StillHolds(CertificateError):
    """A new certificate would stand beside one that is valid."""

    message = _("This person already has a valid certificate.")


class SameName(CertificateError):
    """A replacement would print the same as before."""

    message = _("The name is the same as before. Correct it, or leave the certificate as it is.")
    field = "name"


class TooManyAwards(CertificateError):
    """An event gives more kinds of certificates than a page can show."""

    message = _("An event gives at most 40 kinds of certificates.")


class FirstAwardStays(CertificateError):
    """The award that follows the event's own settings cannot be taken away."""

    message = _("The first kind of certificate belongs to the event. Change it instead.")


class RuleNotUsable(CertificateError):
    """A rule names what the event has not, or is longer or deeper than anybody could read."""

    message = _(
        "This rule cannot be used: it names sessions that the event has not, or it has too many conditions."
    )


class NothingToWithdraw(CertificateError):
    """Nothing was decided by hand about this person."""

    message = _("Nothing was decided by hand about this person.")


class SamePerson(CertificateError):
    """Whoever asked for an issue in batch cannot confirm it."""

    message = _("Another person has to confirm it: you asked for this issue yourself.")


class NotWaiting(CertificateError):
    """An issue in batch that waits for nobody's word."""

    message = _("This issue does not wait for a confirmation any more.")


class Unprintable(CertificateError):
    """A text holds letters that no font of the design has."""

    def __init__(self, text: str, field: str | None = None) -> None:
        super().__init__(_("These letters cannot be printed: %(text)s", text=text), field)
        self.text = text


class ColoursTooAlike(CertificateError):
    """Text could not be read on the paper."""

    message = _("The text cannot be read well on paper of this colour. Choose a lighter one.")
    field = "paper"


class SourceError(CertificateError):
    """A Typst source of a body's own that cannot be taken."""

    field = "source"

    @property
    def text(self) -> str:
        """What the list of an issue's problems says."""
        return str(self)[:200]


class PackagesAsked(SourceError):
    """A source imports a package."""

    message = _("Packages cannot be used: write what you need into the source itself.")


class UnknownSourceFields(SourceError):
    """A source names fields that do not exist; all of them are told."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(_("There are no such fields: %(names)s.", names=", ".join(names)))
        self.names = list(names)


class CodeNotShown(SourceError):
    """Nobody could verify the page."""

    message = _(
        'The page must show how to verify it: use symbol, proof-lines, campo("codigo") or campo("verificar").'
    )


class SourceBroken(SourceError):
    """Typst refused a source; the message is Typst's own, with the line of the source."""

    def __init__(self, said: str, *, line: int | None) -> None:
        where = _("Line %(line)s: %(said)s", line=line, said=said) if line else said
        super().__init__(where)
        self.said = said
        self.line = line


class SourceTooSlow(SourceError):
    """A source took longer than it may."""

    message = _("Setting this took too long, so it was ended. Look for a loop that does not end.")


class SourceTooGreedy(SourceError):
    """A source took more memory than it may, or made too large a file."""

    message = _("Setting this took too much memory, so it was ended.")


class SigningKeyError(CertificateError):
    """A signing key that cannot be used."""

    field = "file"


class KeyUnreadable(SigningKeyError):
    """The file is no PKCS#12 file, or its password is another one."""

    message = _(
        "We cannot open this file with this password. Choose the .p12 or .pfx file and type its password again."
    )
    field = "password"


class KeyLacking(SigningKeyError):
    """The file holds certificates alone."""

    message = _("This file holds no private key. Export the key together with its certificate.")


class KeyNotForSigning(SigningKeyError):
    """The certificate was issued for another purpose."""

    message = _("The certificate of this key is not meant for signing documents.")


class KeyWeak(SigningKeyError):
    """A kind or size of key that is no longer trusted."""

    message = _(
        "This key is too weak or of an unusual kind. Use an RSA key of at least 2048 bits, or an elliptic curve."
    )


class KeyNotValidNow(SigningKeyError):
    """The certificate of the key has expired, or its time has not begun."""

    message = _("The certificate of the signing key is not valid today. Add a current key before you issue.")


class KeySealed(SigningKeyError):
    """The server's own key has changed since the signing key was added, so that it can no longer be opened."""

    message = _(
        "The signing key can no longer be opened, because the server's own key changed. Add it again."
    )


class TimeStampFailed(SigningKeyError):
    """The time-stamp server gave no time stamp."""

    message = _("The time-stamp server gave no answer that can be used. Check its address, or leave it out.")
    field = "time_stamps"


class TokensNotServed(SigningKeyError):
    """This server opens no tokens: its environment names no library for them, or what loads it is not installed."""

    message = _("This server is not set up for tokens. Ask whoever runs it.")
    field = "token"


class TokenMissing(SigningKeyError):
    """No token bears the label, or more than one."""

    message = _("There is no token with this label. Check that it is connected, and how it is labelled.")
    field = "token"


class TokenKeyLacking(SigningKeyError):
    """The token holds no such key, or none with its certificate."""

    message = _("The token holds no key with this label, or none whose certificate is on the token too.")
    field = "key"


class TokenPinRefused(SigningKeyError):
    """The token refused the PIN."""

    message = _(
        "The token does not accept this PIN. Check it before you try again: too many wrong ones lock it."
    )
    field = "pin"


class TokenLocked(SigningKeyError):
    """The PIN is locked, or one wrong PIN more would lock it."""

    message = _(
        "The token is locked, or one more wrong PIN would lock it. Enter the right one with its maker's program first."
    )
    field = "pin"


class TokenFailed(SigningKeyError):
    """The token, or the library that talks to it, failed for another reason."""

    message = _("The token does not answer as it should. Ask whoever runs the server.")
    field = "token"


class ArchiveUnreadable(CertificateError):
    """An upload that is no ZIP, one without PDF files, or one with too many."""

    message = _("Choose a ZIP file with the signed PDF files, at most 1,000 of them.")
    field = "file"
