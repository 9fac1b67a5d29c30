"""What the server of forks has done before it forks, so that none of the processes that compete does it anew."""

import gc

from sqlalchemy import create_engine
from sqlalchemy.orm import configure_mappers

import tests.conftest
import tests.factories
import tests.support.post_office
import tests.support.servers  # noqa: F401 - most that compete ask for these
from app import create_app

create_engine("postgresql+psycopg://")
create_app(TESTING=True, SQLALCHEMY_DATABASE_URI="sqlite://")  # the first of a process takes much longer
configure_mappers()
# What is here now is nobody's garbage; a search among it would copy all memory that the processes share.
gc.collect()
gc.freeze()
