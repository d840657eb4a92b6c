"""What a newcomer reads: everybody, their way in, and what the doctor's search asks for."""

from pathlib import Path

from infra.local.config import USUAL_STATE, Config
from infra.local.issuer import personas
from infra.local.journey import TRAITS
from infra.local.seed import LABORATORY
from infra.local.welcome import DOORS, WIDTH, directions

HERE = Config(8080, USUAL_STATE)


def _unwrapped(text: str) -> str:
    return " ".join(text.split())


def test_tells_everybody_under_their_way_in_and_all_there_is_to_try() -> None:
    told = dict(zip(DOORS, directions(HERE).split("Log in by")[1:], strict=True))

    for person in personas().values():
        assert _unwrapped(f"{person['display']} {person['try']}") in _unwrapped(
            told[person["provider"]]
        )


def test_names_the_laboratory_whose_software_the_journey_plays() -> None:
    (line,) = [one for one in directions(HERE).splitlines() if "make journey" in one]

    assert LABORATORY in line


def test_gives_the_traits_a_doctor_searches_with_as_the_form_asks_for_them() -> None:
    year, month, day = TRAITS["birth_date"].split("-")
    wanted = (TRAITS["ins"], TRAITS["family_name"], TRAITS["given_name"], f"{day}/{month}/{year}")

    assert ", ".join(wanted) + ", Féminin" in directions(HERE)


def test_fits_a_terminal() -> None:
    assert max(map(len, directions(HERE).splitlines())) <= WIDTH


def test_says_how_the_commands_find_a_product_that_is_elsewhere() -> None:
    assert "CARNET_STATE" not in directions(HERE)
    assert directions(Config(8080, Path("/srv/carnet"))).endswith("CARNET_STATE=/srv/carnet")
