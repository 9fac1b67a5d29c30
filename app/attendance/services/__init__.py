"""Writes of attendance: scans at the door, marks by hand, presence on a screen, and the ledger behind them all."""

from app.attendance.services import ledger, summaries
from app.attendance.services.checkpoints import (
    CheckpointFacts,
    add_checkpoint,
    close_checkpoint,
    update_checkpoint,
)
from app.attendance.services.devices import (
    add_device,
    force_pin,
    pair,
    pairing_token,
    renew_pairing,
    revoke_device,
    sealed_pin,
)
from app.attendance.services.marks import mark
from app.attendance.services.passing import close_stays, pass_through
from app.attendance.services.presence import BY_HAND, beat, settle, stayed
from app.attendance.services.scans import Answer, Reading, force, scan
from app.attendance.services.sync import Batch, Outcome, Told, receive

__all__ = [
    "BY_HAND",
    "Answer",
    "Batch",
    "CheckpointFacts",
    "Outcome",
    "Reading",
    "Told",
    "add_checkpoint",
    "add_device",
    "beat",
    "close_checkpoint",
    "close_stays",
    "force",
    "force_pin",
    "ledger",
    "mark",
    "pair",
    "pairing_token",
    "pass_through",
    "receive",
    "renew_pairing",
    "revoke_device",
    "scan",
    "sealed_pin",
    "settle",
    "stayed",
    "summaries",
    "update_checkpoint",
]
