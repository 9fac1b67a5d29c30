"""What the door and the office send."""

from app.attendance.forms.marks import DeviceForm, MarkForm, new_nonce, reading_from

__all__ = ["DeviceForm", "MarkForm", "new_nonce", "reading_from"]
