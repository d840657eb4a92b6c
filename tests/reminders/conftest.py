"""A person, on a Monday morning, for the tests of reminders."""

import pytest
import time_machine

from tests.builders import Patient, a_person
from tests.recorder import Recorder


@pytest.fixture
def person(clock: time_machine.Traveller, aws: Recorder) -> Patient:  # noqa: ARG001  time first
    return a_person()
