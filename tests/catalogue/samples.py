"""An application to register, and the wrong ones; all fictitious."""

from dataclasses import replace
from typing import Any, Final

from joserfc.jwk import ECKey

from chalicelib.access.permissions import Permission
from chalicelib.catalogue import usecases
from chalicelib.catalogue.model import (
    OPERATOR,
    Application,
    Asked,
    Attestation,
    Attested,
    Author,
    Criteria,
    Draft,
    Platform,
    Price,
    Pricing,
    Publisher,
    State,
    Theme,
)

SIRET: Final = "99999901400015"
OTHER_SIRET: Final = "99999902200018"
PUBLISHER: Final = Author("publisher", "0" * 25 + "1", "Alix EXEMPLE", SIRET)
KEY: Final = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})

DRAFT: Final = Draft(
    name="Balance (exemple)",
    publisher=Publisher("Éditeur Exemple", "https://editeur.example"),
    purpose="Noter votre poids chaque matin.",
    theme=Theme.CONNECTED_DEVICES,
    platforms=(Platform.DEVICE, Platform.ANDROID),
    price=Price(Pricing.FREE, "Gratuit"),
    data_asked=(Asked(Permission.WEIGHT_WRITE, "Pour ajouter chaque pesée à vos mesures."),),
    retention="Rien n’est gardé après l’envoi.",
    site="https://balance.example/",
    privacy="https://balance.example/donnees",
    attestations=(Attestation(Attested.HDS, "Hébergeur Exemple, certificat 42"),),
    redirect_uris=("https://balance.example/retour",),
    jwks={"keys": [KEY.as_dict(private=False)]},
)

# The same kind of application, as a publisher's screen sends it.
BODY: Final[dict[str, Any]] = {
    "name": "Balance (exemple)",
    "publisher": {"name": "Balance Exemple", "website": "https://balance.example/"},
    "purpose": "Noter votre poids chaque matin.",
    "theme": "connected_devices",
    "platforms": ["device"],
    "price": {"kind": "free", "detail": "Gratuit"},
    "data_asked": [{"permission": "weight:write", "why": "Pour ajouter chaque pesée."}],
    "retention": "Rien n’est gardé après l’envoi.",
    "site": "https://balance.example/",
    "privacy": "https://balance.example/donnees",
    "redirect_uris": ["https://balance.example/retour"],
    "jwks": {"keys": [KEY.as_dict(private=False)]},
}


def an_application(
    *, state: State = State.CANDIDATE, author: Author = OPERATOR, **said: Any
) -> Application:
    """Register an application, and bring it into a state by the moves there are."""
    made = usecases.register(author, replace(DRAFT, **said))
    if state in (State.ONLINE, State.SUSPENDED):
        usecases.review(OPERATOR, made.id, list(Criteria))
        made = usecases.set_state(OPERATOR, made.id, State.ONLINE, "Revue favorable.")
    if state in (State.SUSPENDED, State.DELISTED):
        made = usecases.set_state(OPERATOR, made.id, state, "Incident signalé.")
    return made
