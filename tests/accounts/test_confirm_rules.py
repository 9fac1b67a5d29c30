"""When a role must await the owner of an e-mail."""

import pytest

from app.accounts.rules import Offer, must_confirm
from app.permissions import Role


@pytest.mark.parametrize(
    ("is_confirmed", "has_password", "organisations", "organisation_id", "expected"),
    [
        (True, True, {1}, 2, False),
        (False, False, {1}, 2, False),
        (False, True, {1}, 1, False),
        (False, True, {1}, 2, True),
        (False, True, {1, 2}, 2, True),
        (False, True, set(), 2, True),
        (False, True, {None}, None, True),
        (False, True, {1}, None, True),
    ],
)
def test_only_what_one_body_holds_may_it_add_to(
    is_confirmed: bool,
    has_password: bool,
    organisations: set[int | None],
    organisation_id: int | None,
    expected: bool,
) -> None:
    found = must_confirm(
        is_confirmed=is_confirmed,
        has_password=has_password,
        organisations=organisations,
        organisation_id=organisation_id,
    )
    assert found == expected


@pytest.mark.parametrize("offer", [Offer(Role.DOOR, 3, 12), Offer(Role.ADMINISTRATOR), Offer(Role.READER, 3)])
def test_an_offer_is_read_as_it_was_written(offer: Offer) -> None:
    assert Offer.read(offer.text) == offer
