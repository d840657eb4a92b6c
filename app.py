"""The API function: every declared route, one authorizer, nothing else.

Workers are functions of their own and never import this module (C2).
"""

from chalice.app import Chalice

from chalicelib.agenda import routes as agenda  # noqa: F401  importing declares its routes
from chalicelib.catalogue import desk_routes  # noqa: F401  importing declares its routes
from chalicelib.catalogue import routes as catalogue  # noqa: F401  importing declares its routes
from chalicelib.fhir import (  # noqa: F401  declare their routes
    appointment_routes,
    document_routes,
    observation_routes,
)
from chalicelib.fhir import routes as fhir  # noqa: F401  importing declares its routes
from chalicelib.http import meta  # noqa: F401  declares its routes
from chalicelib.http.mount import BINARY_TYPES, mount
from chalicelib.identity import (  # noqa: F401  declare their routes
    child_routes,
    invitation_routes,
    patient_routes,
    routes,
)
from chalicelib.identity.authorizer import authorize
from chalicelib.identity.authorizer import blueprint as identity
from chalicelib.journeys import (  # noqa: F401  importing declares its routes
    attachments,
    authorisations,
    home,
    preferences,
    relations,
)
from chalicelib.journeys import notices as centre  # noqa: F401  importing declares its routes
from chalicelib.journeys import trace as history  # noqa: F401  importing declares its routes
from chalicelib.measures import routes as measures  # noqa: F401  importing declares its routes
from chalicelib.messaging import routes as messaging  # noqa: F401  importing declares its routes
from chalicelib.oauth import consent_routes  # noqa: F401  importing declares its routes
from chalicelib.oauth import routes as oauth  # noqa: F401  importing declares its routes
from chalicelib.prevention import routes as prevention  # noqa: F401  importing declares its routes
from chalicelib.record import routes as record  # noqa: F401  importing declares its routes
from chalicelib.trace import routes as trace  # noqa: F401  importing declares its routes
from chalicelib.workers import archive, ingest, notify, plan, relay, remind, sweep

app = Chalice(app_name="carnet")
app.api.binary_types = BINARY_TYPES
app.register_blueprint(identity)
mount(app, authorize)
# Declared here for packaging only: each is a function of its own.
for worker in (relay, notify, ingest, plan, remind, sweep, archive):
    app.register_blueprint(worker.blueprint)
