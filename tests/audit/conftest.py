"""A person with a doctor, and a key to seal with."""

import pytest

from chalicelib.audit import keys
from tests.builders import Actor, Patient, a_doctor, a_grant, a_person
from tests.recorder import Recorder


@pytest.fixture
def person(aws: Recorder) -> Patient:  # noqa: ARG001  the cloud comes first
    keys.ensure_sealing_key()
    return a_person()


@pytest.fixture
def doctor(person: Patient) -> Actor:
    doctor = a_doctor()
    a_grant(person, doctor)
    return doctor
