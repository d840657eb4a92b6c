"""A person, her doctor to be, and a laboratory, for the tests of the gate."""

import pytest

from tests.builders import Actor, Patient, a_doctor, a_laboratory, a_person
from tests.recorder import Recorder


@pytest.fixture
def person(aws: Recorder) -> Patient:  # noqa: ARG001  the cloud comes first
    return a_person()


@pytest.fixture
def doctor(aws: Recorder) -> Actor:  # noqa: ARG001  makes the double of the cloud
    return a_doctor()


@pytest.fixture
def laboratory(aws: Recorder) -> Actor:  # noqa: ARG001  makes the double of the cloud
    return a_laboratory()


@pytest.fixture
def counted(person: Patient, calls: Recorder) -> Recorder:  # noqa: ARG001  ready before counting
    calls.clear()
    return calls
