"""The Flask extensions, made once and bound to an application in `create_app`."""

from typing import TYPE_CHECKING

from flask import Flask
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase


class _Base(DeclarativeBase):
    """Base of every table. Constraints are named by one convention, so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=_Base)
# Flask-SQLAlchemy makes the class that tables inherit from while the program runs; type checkers see its base.
if TYPE_CHECKING:
    Model = _Base
else:
    Model = db.Model
babel = Babel()
login_manager = LoginManager()
csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address)


def init_limiter(app: Flask) -> None:
    """Bind the limiter to `app`, for the views alone that declare a limit.

    It would also look at every other request for limits that hold everywhere. There are none, and the look costs a
    cached page a sixth of its time.
    """
    limiter.init_app(app)
    checks = app.before_request_funcs.get(None, [])
    checks[:] = [check for check in checks if getattr(check, "__self__", None) is not limiter]
