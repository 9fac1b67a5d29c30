"""Files that are sent with a form: kept while it is corrected, handed out to whoever may see them, swept away."""

import io
import os
import time
from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import select

from app import clock
from app.permissions import Role
from app.registration import queries, services
from app.registration.errors import FileGone
from app.registration.models import HeldSubmission, ProofOfWork, Registration, Upload
from app.registration.services import uploads
from tests import factories
from tests.conftest import NOON
from tests.factories import asks
from tests.registration.test_file_rules import PDF, picture, png_of
from tests.registration.test_views import GOOD, error_at


@pytest.fixture
def event(session, frozen_clock):
    return factories.event()


@pytest.fixture
def form(event):
    return factories.form(event, asks("carta", "file", is_required=True), asks("otra", "file"))


@pytest.fixture(autouse=True)
def an_own_folder(app, tmp_path):
    before, app.config["INSTANCE"] = app.config["INSTANCE"], tmp_path
    yield
    app.config["INSTANCE"] = before


def address(event):
    return f"/eventos/{event.slug}/inscripcion"


def send(client, event, data=PDF, name="carta.pdf", **more):
    file = (io.BytesIO(data), name)
    return client.post(
        address(event), data=GOOD | {"f_carta": file} | more, content_type="multipart/form-data"
    )


def send_raw(client, event, size):
    """Send a file of a size, the body made by hand: the test client would leave a temporary file behind."""
    head = b'--x\r\nContent-Disposition: form-data; name="f_carta"; filename="carta.pdf"\r\n\r\n'
    body = head + PDF + b" " * size + b"\r\n--x--\r\n"
    return client.post(address(event), data=body, content_type="multipart/form-data; boundary=x")


def kept_token(page):
    """Return what the form carries along for the file that was kept."""
    found = [line for line in page.text.splitlines() if 'name="f_carta_kept"' in line]
    return found[0].split('value="')[1].split('"')[0] if found else None


def stored_files():
    return sorted(path.name for path in uploads.folder().iterdir())


def test_the_form_can_send_files(client, event, form):
    assert 'enctype="multipart/form-data"' in client.get(address(event)).text
    factories.form(plain := factories.event(), asks("tema", "short_text"))
    assert "multipart" not in client.get(address(plain)).text


def test_a_file_is_the_answer(client, session, event, form):
    assert send(client, event).status_code == 303
    [upload], row = session.scalars(select(Upload)).all(), session.scalars(select(Registration)).one()
    assert (upload.registration_id, upload.file_name, upload.size) == (row.id, "carta.pdf", len(PDF))
    assert [answer.value for answer in queries.answers_of(row)] == [upload.id]
    path = uploads.path_of(upload)
    assert (path.read_bytes(), path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (
        PDF,
        0o600,
        0o700,
    )


def test_a_file_is_kept_while_the_form_is_corrected(client, session, event, form):
    page = send(client, event, email="")
    assert page.status_code == 422
    assert "Guardamos «carta.pdf»." in page.text
    token = kept_token(page)
    assert client.post(address(event), data=GOOD | {"f_carta_kept": token}).status_code == 303
    row = session.scalars(select(Registration)).one()
    assert session.scalars(select(Upload)).one().registration_id == row.id


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"<html><script>alert(1)</script>", "foto.png", "Elija un archivo PDF, JPEG o PNG."),
        (png_of(20_000, 20_000), "foto.png", "demasiados píxeles"),
        (b"", "carta.pdf", "vacío"),
    ],
)
def test_what_is_no_such_file_is_said_at_its_field(client, session, event, form, data, name, message):
    page = send(client, event, data, name)
    assert page.status_code == 422
    assert message in error_at(page, "f_carta")
    assert 'value="Municipalidad Distrital de Imaza"' in page.text
    assert (session.scalars(select(Upload)).all(), stored_files()) == ([], [])


def test_six_megabytes_are_too_many(client, session, event, form):
    page = send_raw(client, event, 6 * 1024 * 1024)
    assert (page.status_code, "más de 5 MB" in error_at(page, "f_carta")) == (422, True)
    assert (session.scalars(select(Upload)).all(), stored_files()) == ([], [])


def test_far_too_much_is_refused_as_a_whole(client, session, event, form):
    page = send_raw(client, event, 30 * 1024 * 1024)
    assert page.status_code == 413
    assert "demasiado grande" in page.text


def test_the_limit_of_other_forms_stays(client, event):
    factories.form(event, asks("tema", "short_text"))
    page = send_raw(client, event, 3 * 1024 * 1024)
    assert page.status_code == 413


def test_a_needed_file_cannot_be_left_out(client, event, form):
    page = client.post(address(event), data=GOOD)
    assert (page.status_code, error_at(page, "f_carta")) == (422, "Complete este campo.")


@pytest.mark.parametrize("token", ["1", "1.", "1.abc", "x", "²", "9" * 50, "1.\u00e9"])
def test_a_forged_token_leads_nowhere(client, session, event, form, token):
    send(client, event, email="")
    page = client.post(address(event), data=GOOD | {"f_carta_kept": token})
    assert (page.status_code, error_at(page, "f_carta")) == (422, "Complete este campo.")


def test_a_file_answers_one_field_of_one_person(client, session, event, form):
    token = kept_token(send(client, event, email=""))
    other = client.post(address(event), data=GOOD | {"f_carta_kept": token, "f_otra_kept": token})
    assert "ya no está aquí" in error_at(other, "f_otra")
    assert client.post(address(event), data=GOOD | {"f_carta_kept": token}).status_code == 303
    second = GOOD | {"document_number": "00000002", "idempotency_key": "x" * 20, "f_carta_kept": token}
    refused = client.post(address(event), data=second)
    assert "ya no está aquí" in error_at(refused, "f_carta")
    assert len(session.scalars(select(Registration)).all()) == 1


def test_it_is_handed_out_to_be_saved(client, session, event, form, sign_in):
    send(client, event, picture("JPEG"), 'la "foto".html')
    row, upload = session.scalars(select(Registration)).one(), session.scalars(select(Upload)).one()
    organiser = sign_in(factories.user(Role.READER, organisation=event.organisation))
    stranger = sign_in(factories.user(Role.ORGANISER, organisation=factories.organisation()))
    door = sign_in(factories.user(Role.DOOR, organisation=event.organisation))
    office = f"/gestion/eventos/{event.slug}/inscripciones/{row.id}/archivos/{upload.id}"
    own = f"/mi/{queries.personal_token(row)}/archivos/{upload.id}"
    for visitor, path in ((organiser, office), (client, own)):
        answer = visitor.get(path, buffered=True)
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
    other = factories.registration(event)
    assert stranger.get(office).status_code == 404
    assert door.get(office).status_code == 403
    assert client.get(office).status_code == 302
    assert client.get(f"/mi/{queries.personal_token(other)}/archivos/{upload.id}").status_code == 404
    assert organiser.get(office.replace(f"/{row.id}/", f"/{other.id}/")).status_code == 404
    uploads.path_of(upload).unlink()
    assert client.get(own).status_code == 404


def test_answers_and_files_stand_on_both_pages(client, session, event, form, sign_in):
    send(client, event)
    row = session.scalars(select(Registration)).one()
    organiser = sign_in(factories.user(Role.READER, organisation=event.organisation))
    assert "carta.pdf</a>" in organiser.get(f"/gestion/eventos/{event.slug}/inscripciones/{row.id}").text
    assert "carta.pdf</a>" in client.get(f"/mi/{queries.personal_token(row)}").text


def test_the_office_answers_for_whom_it_registers(session, event, sign_in):
    form = factories.form(
        event, asks("tema", "short_text", is_required=True), asks("carta", "file", is_required=True)
    )
    organiser = sign_in(factories.user(Role.ORGANISER, organisation=event.organisation))
    page = f"/gestion/eventos/{event.slug}/inscripciones/nueva"
    agreed = {"consent_kind": "written", "consent_on": "2026-05-12"}
    assert 'name="f_tema"' in organiser.get(page).text
    assert 'name="f_carta"' not in organiser.get(page).text
    assert organiser.post(page, data=GOOD | agreed | {"f_tema": "Agua"}).status_code == 303
    row = session.scalars(select(Registration)).one()
    assert (row.form_id, [answer.value for answer in queries.answers_of(row)]) == (form.id, ["Agua"])


def test_a_consent_is_receipted_with_its_text(client, session, event):
    text = {"es": "Acepto salir en fotos."}
    factories.form(event, asks("foto", "consent", label={"es": "Imagen"}, settings={"text": text}))
    assert client.post(address(event), data=GOOD | {"f_foto": "yes"}).status_code == 303
    page = client.get(f"/mi/{queries.personal_token(session.scalars(select(Registration)).one())}").text
    assert "Acepto salir en fotos." in page
    assert "versión 1, 12 de mayo de 2026, 12:00" in page


def test_what_nobody_takes_is_swept_away(client, session, event, form, frozen_clock):
    send(client, event)
    send(client, event, email="")
    [taken, _waiting] = session.scalars(select(Upload).order_by(Upload.id)).all()
    stray = uploads.folder() / "stray"
    stray.write_bytes(b"x")
    two_days_ago = time.time() - 2 * 24 * 3600
    for name in stored_files():
        os.utime(uploads.folder() / name, (two_days_ago, two_days_ago))
    assert uploads.sweep(at=frozen_clock + timedelta(hours=23)) == 1  # the stray one
    assert uploads.sweep(at=frozen_clock + timedelta(hours=25)) == 2
    assert session.scalars(select(Upload.id)).all() == [taken.id]


def test_a_file_waits_with_its_form_for_a_word_from_the_e_mail(client, session, event, form, frozen_clock):
    factories.settings(event, proof_of_work=ProofOfWork.ALWAYS)
    for number in ("00000001", "00000002"):
        answer = send(client, event, puzzle="1", altcha="", document_number=number)
        assert answer.location.endswith("estado=por-confirmar")
    confirmed, forgotten = session.scalars(select(HeldSubmission).order_by(HeldSubmission.id)).all()
    assert uploads.sweep(at=frozen_clock + timedelta(hours=47)) == 0
    with clock.freeze(frozen_clock + timedelta(hours=47)):
        link = f"/inscripcion/confirmar/{queries.held_token(confirmed)}"
        assert client.post(link).location.endswith("estado=inscrito")
    row = session.scalars(select(Registration)).one()
    session.expire_all()
    taken, _waiting = session.scalars(select(Upload).order_by(Upload.id)).all()
    assert (taken.registration_id, taken.held_id) == (row.id, None)
    services.purge_robots(at=forgotten.created_at + timedelta(hours=49))
    uploads.sweep(at=frozen_clock + timedelta(hours=49))
    assert session.scalars(select(Upload.id)).all() == [taken.id]


def test_a_file_of_a_doubted_form_is_kept(app, client, event, form):
    app.config["ROBOT_CHECKS"] = True
    try:
        page = send(client, event)
        unfit = send(client, event, b"nothing", "carta.pdf")
    finally:
        app.config["ROBOT_CHECKS"] = False
    assert (page.status_code, "Envíe el formulario una vez más." in page.text) == (422, True)
    assert "Guardamos «carta.pdf»." in page.text
    assert "Elija un archivo PDF, JPEG o PNG." in error_at(unfit, "f_carta")
    assert client.post(address(event), data=GOOD | {"f_carta_kept": kept_token(page)}).status_code == 303


def test_another_file_lets_the_former_go(session, event, form, frozen_clock):
    row = factories.registration(event, form_id=form.id)
    [carta, _otra] = queries.current_fields(form)
    ids = [uploads.keep(carta.field_id, PDF, f"{n}.pdf", at=frozen_clock) for n in range(2)]
    services.save_answers(row, form, {"carta": ids[0]}, at=frozen_clock)
    services.save_answers(row, form, {"carta": ids[1]}, at=frozen_clock)
    owners = dict(session.execute(select(Upload.id, Upload.registration_id)).all())
    assert owners == {ids[0]: None, ids[1]: row.id}
    with pytest.raises(FileGone) as gone:
        services.save_answers(factories.registration(event), form, {"carta": ids[1]}, at=frozen_clock)
    assert gone.value.field == "carta"


def test_too_many_waiting_files_are_refused(client, event, form, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_WAITING", len(PDF) - 1)
    page = send(client, event)
    assert "demasiados archivos" in error_at(page, "f_carta")
    assert current_app.config["INSTANCE"] == uploads.folder().parent


def own_data(client, row, data=None, **more):
    """Send the page on which somebody changes their own data."""
    sent = {"entity": row.entity, "position": row.position, "phone": row.phone, "ubigeo": ""} | more
    if data is not None:
        sent["f_carta"] = (io.BytesIO(data), "nueva.pdf")
    address = f"/mi/{queries.personal_token(row)}/datos"
    with clock.freeze(NOON - timedelta(days=9)):
        return client.post(address, data=sent, content_type="multipart/form-data")


def test_its_owner_puts_another_in_its_place(client, session, event, form):
    send(client, event)
    row, first = session.scalars(select(Registration)).one(), session.scalars(select(Upload.id)).one()
    with clock.freeze(NOON - timedelta(days=9)):
        page = client.get(f"/mi/{queries.personal_token(row)}/datos")
    kept = kept_token(page)
    assert (uploads.unsealed(kept), "carta.pdf" in page.text) == (first, True)
    assert own_data(client, row, f_carta_kept=kept).status_code == 303
    assert [answer.value for answer in queries.answers_of(row)] == [first]
    assert own_data(client, row, PDF + b"\n", f_carta_kept=kept).status_code == 303
    session.expire_all()
    (second,) = [answer.value for answer in queries.answers_of(row)]
    owners = {one.id: one.registration_id for one in session.scalars(select(Upload))}
    assert owners == {first: None, second: row.id}


def test_nobody_takes_the_file_of_another(client, session, event, form):
    send(client, event)
    row, first = session.scalars(select(Registration)).one(), session.scalars(select(Upload.id)).one()
    other = factories.registration(event, form_id=row.form_id)
    page = own_data(client, other, f_carta_kept=uploads.sealed(first))
    assert page.status_code == 422
    session.expire_all()
    assert session.get(Upload, first).registration_id == row.id
