"""The office's devices for the door: hand out, pair, see when each was last heard of, take back."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock, qr
from app.attendance import labels, queries, rules, services
from app.attendance.forms import DeviceForm
from app.attendance.models import DoorDevice
from app.attendance.queries import Matter
from app.attendance.rules import DeviceState
from app.attendance.views.blueprint import bp
from app.errors import DomainError
from app.events import queries as events
from app.events.models import Event
from app.pages import form_page
from app.permissions import Permission, may, requires
from app.security import keep_private


@bp.get("/puerta/equipos")
@requires(Permission.ATTENDANCE_VIEW)
def devices(slug: str) -> ResponseReturnValue:
    """List the devices of an event: what each serves, when it was last heard of, what it still has to send."""
    return _list(events.managed_event_or_404(slug), DeviceForm(formdata=None))


@bp.post("/puerta/equipos")
@requires(Permission.ATTENDANCE_EDIT)
def add_device(slug: str) -> ResponseReturnValue:
    """Hand out a device, and go on to the code that pairs it."""
    event = events.managed_event_or_404(slug)
    form = DeviceForm().for_event(event, queries.checkpoints_of(event))
    if not form.validate():
        return _list(event, form)
    try:
        device = services.add_device(
            event,
            form.name.data or "",
            day_ids=form.days.data or [],
            checkpoint_ids=form.checkpoints.data or [],
            forced_by=current_user if form.may_force.data and may(Permission.FORCE_ENTRY, event) else None,
            expires_at=form.expires_at(event),
            by=current_user,
            at=clock.now(),
        )
    except DomainError as error:
        form.with_error(error)
        return _list(event, form)
    return redirect(url_for(".pairing", slug=slug, device_id=device.id), 303)


@bp.get("/puerta/equipos/<int(max=2147483647):device_id>")
@requires(Permission.ATTENDANCE_EDIT)
def pairing(slug: str, device_id: int) -> ResponseReturnValue:
    """Show the code that pairs a device, for as long as it works."""
    event = events.managed_event_or_404(slug)
    device = queries.device_or_404(event, device_id)
    state = _state(device)
    address = f"{url_for('door_app.shell', _external=True)}#{services.pairing_token(device)}"
    page = render_template(
        "attendance/devices/pairing.html",
        event=event,
        device=device,
        state=state,
        address=address if state is DeviceState.UNPAIRED else "",
        symbol=qr.svg_path(address) if state is DeviceState.UNPAIRED else None,
        pin=_pin(device, event),
    )
    return keep_private(Response(page))


def _pin(device: DoorDevice, event: Event) -> str:
    """Return the figures for exceptions, for those who may make any."""
    is_shown = device.forced_by_id is not None and may(Permission.FORCE_ENTRY, event)
    return services.force_pin(device) if is_shown and device.revoked_at is None else ""


@bp.post("/puerta/equipos/<int(max=2147483647):device_id>/codigo")
@requires(Permission.ATTENDANCE_EDIT)
def renew_pairing(slug: str, device_id: int) -> ResponseReturnValue:
    """Make a new code for a device that was not paired in time."""
    event = events.managed_event_or_404(slug)
    device = queries.device_or_404(event, device_id)
    try:
        services.renew_pairing(device, at=clock.now())
    except DomainError as error:
        flash(str(error), "warning")
    return redirect(url_for(".pairing", slug=slug, device_id=device_id), 303)


@bp.post("/puerta/equipos/<int(max=2147483647):device_id>/retirar")
@requires(Permission.ATTENDANCE_EDIT)
def revoke_device(slug: str, device_id: int) -> ResponseReturnValue:
    """Take a device's access back: it forgets everything when it next has a connection."""
    event = events.managed_event_or_404(slug)
    device = queries.device_or_404(event, device_id)
    services.revoke_device(device, event, at=clock.now())
    flash(
        _(
            "The access of %(name)s was withdrawn. It erases the list when it next connects.",
            name=device.name,
        ),
        "success",
    )
    return redirect(url_for(".devices", slug=slug), 303)


@bp.get("/puerta/informe")
@requires(Permission.ATTENDANCE_VIEW)
def merge_report(slug: str) -> ResponseReturnValue:
    """Show what each device told, and where their stories differ."""
    event = events.managed_event_or_404(slug)
    asked = request.args.get("asunto", "")
    matter = Matter(asked) if asked in set(Matter) else Matter.DUPLICATES
    return render_template(
        "attendance/devices/report.html",
        event=event,
        matter=matter,
        matters=labels.matter_words(),
        devices={device.id: device for device in queries.devices_of(event)},
        numbers=queries.numbers_by_device(event),
        scans=queries.merged(event, matter),
        result_words=labels.result_words,
        seconds=labels.seconds_words,
    )


def _state(device: DoorDevice) -> DeviceState:
    return rules.device_state(
        pairing_expires_at=device.pairing_expires_at,
        paired_at=device.paired_at,
        expires_at=device.expires_at,
        revoked_at=device.revoked_at,
        at=clock.now(),
    )


def _list(event: Event, form: DeviceForm) -> Response:
    found, checkpoints = queries.devices_of(event), queries.checkpoints_of(event, closed=True)
    return form_page(
        "attendance/devices/index.html",
        event=event,
        form=form.for_event(event, [one for one in checkpoints if one.closed_at is None]),
        checkpoints={one.id: one for one in checkpoints},
        devices=[(device, _state(device)) for device in found],
        days={day.id: day for day in event.days},
        state_words=labels.device_state_words,
    )
