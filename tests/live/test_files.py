"""Files beside a room: which are taken, who puts them there, and who may take them away."""

import io
import zipfile

import pytest
from sqlalchemy import select

from app import clock
from app.audit import AuditEntry
from app.live import materials, queries, services
from app.live.errors import BadMaterial, TooManyMaterials
from app.live.models import RoomFile
from app.permissions import Role
from app.registration.queries import personal_token
from tests import factories

PDF = b"%PDF-1.7\nlo que sigue"


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/").replace("Types", "[Content_Types].xml"), text)
    return out.getvalue()


PPTX = zipped(Types="x", **{"ppt/presentation.xml": "x"})
ODP = zipped(mimetype="application/vnd.oasis.opendocument.presentation")


@pytest.mark.parametrize(
    ("data", "given", "name"),
    [
        (PDF, "../Láminas: día 1.PDF", "Láminas día 1.pdf"),
        (PDF, "guía.exe", "guía.pdf"),
        (PPTX, "C:\\mis cosas\\charla.pptm", "charla.pptx"),
        (ODP, "", "material.odp"),
    ],
)
def test_a_file_is_what_it_holds(data, given, name):
    assert materials.material(data, given).name == name


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90 un programa",
        b"<html><script>alert(1)</script>",
        b"PK\x03\x04 roto",
        b"\x89PNG\r\n\x1a\n roto",
        zipped(Types="x", **{"ppt/presentation.xml": "x", "ppt/vbaProject.bin": "macro"}),
        zipped(Types="x", **{"word/document.xml": "x"}),
        PDF + bytes(materials.LARGEST),
    ],
)
def test_other_files_are_refused(data):
    with pytest.raises(BadMaterial):
        materials.material(data, "a.pdf")


def office(event, talk, more=""):
    return f"/gestion/eventos/{event.slug}/salas/{talk.id}/sala/archivos{more}"


def send(client, event, talk, data=PDF, **typed):
    form = {"file": (io.BytesIO(data), "Láminas.pdf"), **typed}
    return client.post(office(event, talk), data=form, content_type="multipart/form-data")


def test_from_the_office_to_the_room_and_back(client, sign_in, session, event, talk):
    person, guest = factories.registration(event), factories.registration(factories.event(days=1))
    office_client = sign_in(factories.user(role=Role.ORGANISER, organisation=event.organisation))
    with clock.freeze(talk.starts_at):
        assert send(office_client, event, talk, title="Láminas de la charla").status_code == 303
        file = session.scalars(select(RoomFile)).one()
        assert office_client.get(office(event, talk, f"/{file.id}")).data == PDF
        room = f"/mi/{personal_token(person)}/sala/{talk.id}"
        address = f"{room}/archivos/{file.id}"
        assert f'href="{address}">Láminas de la charla</a>' in client.get(room).text
        answer = client.get(address)
        assert (answer.data, answer.mimetype, answer.headers["Cache-Control"]) == (
            PDF,
            "application/pdf",
            "no-store",
        )
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        strangers = (
            f"/mi/{personal_token(guest)}/sala/{talk.id}/archivos/{file.id}",
            f"/sala/{talk.id}/ponente/1/falsa/archivos/{file.id}",
            f"{room}/archivos/{file.id + 1}",
        )
        assert [client.get(one).status_code for one in strangers] == [404] * 3
    with clock.freeze(queries.opens_at(talk) - talk.starts_at.resolution):
        assert client.get(address).status_code == 404  # not before the room opens
    with clock.freeze(talk.ends_at):
        assert client.get(address).data == PDF  # and afterwards as well
        assert office_client.post(office(event, talk, f"/{file.id}/quitar")).status_code == 303
        assert client.get(address).status_code == 404
    written = session.scalars(
        select(AuditEntry.action).where(AuditEntry.action.like("room.file%")).order_by(AuditEntry.id)
    )
    assert list(written) == ["room.file_added", "room.file_removed"]


@pytest.mark.parametrize("data", [b"", b"MZ"])
def test_the_office_reads_why_a_file_is_refused(sign_in, session, event, talk, data):
    client = sign_in(factories.user(role=Role.ORGANISER, organisation=event.organisation))
    answer = send(client, event, talk, data, title="Láminas")
    assert answer.status_code == 422
    assert ('value="Láminas"' in answer.text, 'id="file-error"' in answer.text) == (True, True)
    assert queries.number_of_files(talk.id) == 0


def test_twenty_files_and_no_more(session, event, talk):
    found = materials.material(PDF, "a.pdf")
    for _number in range(services.MOST_FILES):
        services.add_file(event, talk, "", found, at=talk.starts_at)
    with pytest.raises(TooManyMaterials):
        services.add_file(event, talk, "", found, at=talk.starts_at)


def test_a_reader_adds_nothing(sign_in, event, talk):
    client = sign_in(factories.user(role=Role.READER, organisation=event.organisation))
    assert send(client, event, talk).status_code == 403
