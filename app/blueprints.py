"""Every blueprint of the application, in the order of the layers."""

from flask import Flask

from app import health, theme
from app.accounts.views import entry, organisations
from app.assessments import views as grades
from app.attendance import views as attendance
from app.attendance.views import check_ins, door_app
from app.certificates.views import awards, designs
from app.certificates.views import keys as signing_keys
from app.certificates.views import office as certificates_office
from app.certificates.views import outside as outside_signing
from app.certificates.views import public as certificates
from app.credentials import views as credentials
from app.events.views import agenda as events_office
from app.events.views import public as events
from app.live.views import accounts as room_accounts
from app.live.views import board as live_board
from app.live.views import hooks as live_hooks
from app.live.views import office as live_office
from app.live.views import own_events as live_own_events
from app.live.views import projector as live_projector
from app.live.views import room as live
from app.live.views import rooms as live_rooms
from app.live.views import stage as live_stage
from app.mail import views as mailbox
from app.mailings.views import letters, messages, reminders
from app.mailings.views import public as mailings
from app.organisers.views import attendance as attendance_of_many
from app.organisers.views import audit, dashboard, people, registrations, requests, reviews
from app.organisers.views import letters as registration_letters
from app.participants.views import email_changes, my_events, own_data, personal
from app.participants.views import reviews as participant_reviews
from app.participants.views import seats as participant_seats
from app.participants.views import surveys as participant_surveys
from app.publiclog import views as publiclog
from app.registration.views import confirmation, coordinators, groups, invitations, invitees, passes
from app.registration.views import fields as forms_office
from app.registration.views import files as registration_files
from app.registration.views import imports as registration_imports
from app.registration.views import public as registration
from app.registration.views import seats as seats_office
from app.reports import views as reports

_ROOMS = (
    live,
    live_hooks,
    live_board,
    live_office,
    live_own_events,
    live_projector,
    live_rooms,
    live_stage,
    room_accounts,
)


_PARTS = (
    health,
    theme,
    mailbox,
    entry,
    organisations,
    events,
    events_office,
    registration,
    registration_files,
    groups,
    invitations,
    invitees,
    passes,
    coordinators,
    confirmation,
    forms_office,
    registration_imports,
    attendance,
    door_app,
    check_ins,
    *_ROOMS,
    certificates,
    certificates_office,
    awards,
    grades,
    signing_keys,
    outside_signing,
    designs,
    credentials,
    publiclog,
    messages,
    letters,
    reminders,
    mailings,
    reports,
    dashboard,
    registrations,
    attendance_of_many,
    registration_letters,
    requests,
    seats_office,
    reviews,
    audit,
    people,
    personal,
    own_data,
    email_changes,
    my_events,
    participant_reviews,
    participant_seats,
    participant_surveys,
)


def init_app(app: Flask) -> None:
    """Register all views."""
    for part in _PARTS:
        app.register_blueprint(part.bp)
