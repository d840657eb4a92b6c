"""Percentiles are those that the WHO publishes, as others print them; not our own figures."""

from datetime import date
from itertools import pairwise

import pytest

from chalicelib.measures import growth
from chalicelib.measures.growth import Place, Sex

BORN = date(2020, 1, 31)
MONTH = 30.4375
PERCENTILES = [3, 15, 50, 85, 97]
# Months, then the weights in kg of percentiles 3, 15, 50, 85 and 97, rounded to 100 g by the WHO;
# read in GNU Health 5.0.4, `wfa_boys_p.xml` and `wfa_girls_p.xml`.
PUBLISHED: list[tuple[Sex, int, tuple[float, ...]]] = [
    ("M", 0, (2.5, 2.9, 3.3, 3.9, 4.3)),
    ("M", 1, (3.4, 3.9, 4.5, 5.1, 5.7)),
    ("M", 6, (6.4, 7.1, 7.9, 8.9, 9.7)),
    ("M", 12, (7.8, 8.6, 9.6, 10.8, 11.8)),
    ("M", 36, (11.4, 12.7, 14.3, 16.3, 18.0)),
    ("M", 60, (14.3, 16.0, 18.3, 21.1, 23.8)),
    ("F", 0, (2.4, 2.8, 3.2, 3.7, 4.2)),
    ("F", 1, (3.2, 3.6, 4.2, 4.8, 5.4)),
    ("F", 6, (5.8, 6.4, 7.3, 8.3, 9.2)),
    ("F", 12, (7.1, 7.9, 8.9, 10.2, 11.3)),
    ("F", 36, (11.0, 12.1, 13.9, 15.9, 17.8)),
    ("F", 60, (14.0, 15.7, 18.2, 21.3, 24.4)),
]
# Months, then the weights in kg at -2, -1, 0, 1 and 2 standard deviations, to the gram; read in
# ewheeler/pygrowup, `wfa_boys_z_WHO2007_exp.txt` and `wfa_girls_z_WHO2007_exp.txt`.
PUBLISHED_LATER: list[tuple[Sex, int, tuple[float, ...]]] = [
    ("M", 61, (14.367, 16.279, 18.506, 21.109, 24.165)),
    ("M", 84, (17.655, 20.029, 22.892, 26.382, 30.695)),
    ("M", 100, (20.072, 22.851, 26.291, 30.627, 36.210)),
    ("M", 120, (23.206, 26.694, 31.159, 37.035, 45.038)),
    ("F", 61, (13.961, 15.899, 18.258, 21.169, 24.817)),
    ("F", 84, (16.779, 19.268, 22.374, 26.320, 31.443)),
    ("F", 100, (19.274, 22.254, 26.028, 30.914, 37.412)),
    ("F", 120, (23.274, 27.031, 31.858, 38.223, 46.890)),
]
# Days that the reference has no row for, with the median of the table by day, in kg; read in
# WorldHealthOrganization/anthro, `weianthro.txt` (boys).
BETWEEN_ROWS = [(25, 4.2369), (59, 5.5097), (111, 6.7971), (200, 8.1475), (359, 9.6002)]


def law(sex: Sex, days: float) -> growth.Lms:
    found = growth.law_at(sex, days)
    assert found is not None
    return found


@pytest.mark.parametrize(("sex", "months", "weights"), PUBLISHED)
def test_percentiles_are_the_published_ones_to_five_years(
    sex: Sex, months: int, weights: tuple[float, ...]
) -> None:
    of = law(sex, round(months * MONTH))
    for share, published in zip(PERCENTILES, weights, strict=True):
        assert growth.percentile(of, published - 0.06) < share
        assert growth.percentile(of, published + 0.06) > share


@pytest.mark.parametrize(("sex", "months", "weights"), [one for one in PUBLISHED if one[1] != 1])
def test_curves_pass_by_the_published_percentiles(
    sex: Sex, months: int, weights: tuple[float, ...]
) -> None:
    row, drawn = growth.ages(sex).index(round(months * MONTH)), growth.curves(sex)
    assert [one.percentile for one in drawn] == PERCENTILES
    assert [one.weights[row] for one in drawn] == pytest.approx(weights, abs=0.051)


@pytest.mark.parametrize(("sex", "months", "weights"), PUBLISHED_LATER)
def test_standard_deviations_are_the_published_ones_to_ten_years(
    sex: Sex, months: int, weights: tuple[float, ...]
) -> None:
    of = law(sex, months * MONTH)
    for z, published in zip((-2, -1, 0, 1, 2), weights, strict=True):
        assert growth.weight_at(of, z) == pytest.approx(published, abs=0.001)
        assert growth.z_score(of, published) == pytest.approx(z, abs=0.001)
    shares = [growth.percentile(of, one) for one in weights]
    assert shares == pytest.approx([2.275, 15.866, 50, 84.134, 97.725], abs=0.02)


@pytest.mark.parametrize(("days", "median"), BETWEEN_ROWS)
def test_between_two_rows_the_law_is_that_of_the_day_to_ten_grams(days: int, median: float) -> None:
    assert days not in growth.ages("M")
    assert law("M", days).median == pytest.approx(median, abs=0.01)


def test_without_skewness_weights_are_log_normal() -> None:
    of = growth.Lms(skewness=0, median=10, variation=0.1)
    assert growth.z_score(of, growth.weight_at(of, 1.5)) == pytest.approx(1.5)
    near = growth.Lms(skewness=1e-9, median=10, variation=0.1)
    assert growth.weight_at(of, 1.5) == pytest.approx(growth.weight_at(near, 1.5))


@pytest.mark.parametrize(
    ("weight", "above", "below"),
    [(7.0, None, 3), (8.0, 3, 15), (9.0, 15, 50), (10.0, 50, 85), (11.0, 85, 97), (12.5, 97, None)],
)
def test_a_weight_is_between_two_curves_or_beyond(
    weight: float, above: int | None, below: int | None
) -> None:
    """Source: boys at 12 months, published: 7.8, 8.6, 9.6, 10.8, 11.8 kg."""
    assert growth.place("M", BORN, date(2021, 1, 30), weight) == Place(365, above, below)


@pytest.mark.parametrize(
    ("day", "age"),
    [
        (date(2020, 1, 30), None),
        (date(2020, 1, 31), 0),
        (date(2030, 1, 30), 3652),
        (date(2030, 1, 31), None),
    ],
)
def test_the_reference_begins_at_birth_and_ends_at_ten_years(day: date, age: int | None) -> None:
    found = growth.place("F", BORN, day, 20)
    assert (found and found.age_days) == age


@pytest.mark.parametrize("sex", ["F", "M"])
def test_curves_rise_with_age_and_never_cross(sex: Sex) -> None:
    """Newborns lose weight for days; the two references meet at five years with a small step."""
    ages, drawn = growth.ages(sex), growth.curves(sex)
    parts = (slice(ages.index(14), ages.index(1826) + 1), slice(ages.index(61 * MONTH), None))
    for curve in drawn:
        for part in parts:
            assert list(curve.weights[part]) == sorted(curve.weights[part])
    for low, high in pairwise(drawn):
        assert all(a < b for a, b in zip(low.weights, high.weights, strict=True))


def test_ages_are_each_later_than_the_one_before() -> None:
    for sex in ("F", "M"):
        ages = growth.ages(sex)
        assert ages == sorted(set(ages))
        assert (ages[0], ages[-1]) == (0, 120 * MONTH)
