"""What a trace says to the person, in French: one catalogue for every action, right and refusal.

Actions are said of « vous » or of somebody else; nobody's gender is guessed. An action that is not
in the catalogue is still shown: a history hides nothing. A test requires that all are in it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from chalicelib.access.model import BOX_LIST, RELATION_LIST, Action, Refusal, Right
from chalicelib.access.permissions import Permission
from chalicelib.catalogue.model import Desk
from chalicelib.core import clock
from chalicelib.identity.model import (
    AccountAction,
    CoverageAction,
    InvitationAction,
    SessionAction,
    UnchangedAction,
)
from chalicelib.trace.model import UNREADABLE_ACTION, Kind, Outcome, Shown

YOU: Final = "Vous"
SOMEBODY: Final = "Une autre personne"
PROFESSIONAL: Final = "Un professionnel de santé"
ORGANISATION: Final = "Un établissement"
CALENDAR: Final = "Un calendrier que vous avez relié"
APPLICATION: Final = "Une application"
PUBLISHER: Final = "Un éditeur d’applications"
OPERATOR: Final = "Un opérateur"
SERVICE: Final = "Le service"

# For each action: what was done (after « a » or « avez »), and what was asked (after « à »).
DONE_ASKED: Final[Mapping[str, tuple[str, str]]] = {
    Action.PATIENT_READ: ("consulté votre identité", "consulter votre identité"),
    Action.IDENTITY_READ: ("affiché votre matricule INS", "afficher votre matricule INS"),
    Action.PATIENT_LOOKUP: ("recherché votre espace", "trouver votre espace"),
    Action.HOME_READ: ("ouvert la page d’accueil", "ouvrir la page d’accueil"),
    Action.NEWS_READ: (
        "regardé s’il y avait de nouveaux documents",
        "savoir s’il y avait de nouveaux documents",
    ),
    Action.NEWS_SEEN: ("marqué les documents comme vus", "marquer les documents comme vus"),
    BOX_LIST: ("consulté une boîte de messages", "consulter une boîte de messages"),
    RELATION_LIST: ("consulté la liste de ses patients", "consulter la liste de ses patients"),
    Desk.LIST: ("consulté la liste des applications", "consulter la liste des applications"),
    Desk.READ: ("consulté une application", "consulter une application"),
    Desk.REGISTER: ("présenté une application", "présenter une application"),
    Desk.CHANGE: ("modifié une application", "modifier une application"),
    Desk.REVIEW: ("noté l’examen d’une application", "noter l’examen d’une application"),
    Desk.DECIDE: ("décidé d’une application", "décider d’une application"),
    Action.DOCUMENT_LIST: ("consulté la liste des documents", "consulter la liste des documents"),
    Action.DOCUMENT_READ: ("consulté la fiche d’un document", "consulter la fiche d’un document"),
    Action.DOCUMENT_OPEN: ("ouvert un document", "ouvrir un document"),
    Action.DOCUMENT_ADD: ("déposé un document", "déposer un document"),
    Action.DOCUMENT_ANNOUNCE: (
        "commencé l’envoi d’un document",
        "commencer l’envoi d’un document",
    ),
    Action.DOCUMENT_UPLOAD: (
        "déposé un document dont l’envoi avait commencé",
        "déposer un document dont l’envoi avait commencé",
    ),
    Action.DOCUMENT_PART: (
        "envoyé une partie d’un document",
        "envoyer une partie d’un document",
    ),
    Action.DOCUMENT_COMPLETE: (
        "terminé l’envoi d’un document, à contrôler",
        "terminer l’envoi d’un document",
    ),
    Action.DOCUMENT_INGEST: (
        "déposé un document long",
        "déposer un document long",
    ),
    Action.DOCUMENT_REVEAL: (
        "rendu visible un document, après l’avoir annoncé",
        "rendre visible un document",
    ),
    Action.DOCUMENT_WITHDRAW: (
        "retiré un document déposé par erreur",
        "retirer un document déposé par erreur",
    ),
    Action.AUTHORISATION_LIST: (
        "consulté la liste des autorisations",
        "consulter la liste des autorisations",
    ),
    Action.AUTHORISATION_GIVE: ("donné une autorisation", "donner une autorisation"),
    Action.AUTHORISATION_WITHDRAW: ("retiré une autorisation", "retirer une autorisation"),
    Action.TRACE_READ: ("consulté l’historique des accès", "consulter l’historique des accès"),
    Action.NOTICE_LIST: ("consulté les notifications", "consulter les notifications"),
    Action.NOTICE_READ: (
        "marqué des notifications comme lues",
        "marquer des notifications comme lues",
    ),
    Action.NOTICE_DELETE: ("supprimé des notifications", "supprimer des notifications"),
    Action.PREFERENCES_READ: ("consulté les préférences", "consulter les préférences"),
    Action.PREFERENCES_SET: ("changé les préférences", "changer les préférences"),
    Action.PREVENTION_READ: (
        "consulté les rappels de prévention",
        "consulter les rappels de prévention",
    ),
    Action.PREVENTION_ANSWER: (
        "répondu à un rappel de prévention",
        "répondre à un rappel de prévention",
    ),
    Action.APPOINTMENT_LIST: ("consulté les rendez-vous", "consulter les rendez-vous"),
    Action.APPOINTMENT_READ: ("consulté un rendez-vous", "consulter un rendez-vous"),
    Action.APPOINTMENT_EXPORT: (
        "téléchargé un rendez-vous pour un calendrier",
        "télécharger un rendez-vous pour un calendrier",
    ),
    Action.APPOINTMENT_ADD: ("ajouté un rendez-vous", "ajouter un rendez-vous"),
    Action.APPOINTMENT_CHANGE: ("modifié un rendez-vous", "modifier un rendez-vous"),
    Action.APPOINTMENT_CANCEL: ("annulé un rendez-vous", "annuler un rendez-vous"),
    Action.CHILD_LIST: (
        "consulté la liste des enfants rattachés",
        "consulter la liste des enfants rattachés",
    ),
    Action.CHILD_MANAGE: (
        "commencé à gérer cet espace comme représentant légal",
        "gérer cet espace comme représentant légal",
    ),
    Action.CHILD_LEAVE: ("cessé de gérer cet espace", "cesser de gérer cet espace"),
    Action.REPRESENTATIVE_LIST: (
        "consulté la liste des représentants légaux",
        "consulter la liste des représentants légaux",
    ),
    Action.REPRESENTATIVE_INVITE: (
        "envoyé une invitation à gérer cet espace",
        "inviter une autre personne à gérer cet espace",
    ),
    Action.REPRESENTATIVE_END: (
        "mis fin à la gestion de cet espace par une personne invitée",
        "mettre fin à une invitation à gérer cet espace",
    ),
    Action.INVITATION_LIST: (
        "consulté les invitations à gérer cet espace",
        "consulter les invitations à gérer cet espace",
    ),
    Action.INVITATION_RECEIVED: (
        "consulté les invitations reçues",
        "consulter les invitations reçues",
    ),
    Action.INVITATION_ACCEPT: (
        "accepté une invitation, et commencé à gérer cet espace comme représentant légal",
        "accepter une invitation à gérer cet espace",
    ),
    Action.INVITATION_REFUSE: (
        "refusé une invitation à gérer cet espace",
        "refuser une invitation à gérer cet espace",
    ),
    InvitationAction.WITHDRAW: (
        "retiré une invitation à gérer cet espace",
        "retirer une invitation à gérer cet espace",
    ),
    UnchangedAction.MANAGE: (
        "confirmé gérer cet espace, comme c’était déjà le cas",
        "confirmer la gestion de cet espace",
    ),
    UnchangedAction.LEAVE: (
        "confirmé ne pas gérer cet espace, comme c’était déjà le cas",
        "ne plus gérer cet espace",
    ),
    UnchangedAction.ANSWER: (
        "répété sa réponse à une invitation à gérer cet espace",
        "répéter sa réponse à une invitation",
    ),
    UnchangedAction.END: (
        "confirmé la fin d’une invitation à gérer cet espace",
        "confirmer la fin d’une invitation",
    ),
    Action.CONSENT_LIST: (
        "consulté la liste des applications reliées",
        "consulter la liste des applications reliées",
    ),
    Action.CONSENT_GIVE: ("donné un accord", "donner un accord à une application"),
    Action.CONSENT_AGREE: (
        "maintenu, sous de nouvelles conditions, l’accord donné",
        "accepter les nouvelles conditions d’une application",
    ),
    Action.CONSENT_CHANGE: ("réduit l’accord donné", "réduire l’accord donné à une application"),
    Action.CONSENT_WITHDRAW: (
        "retiré l’accord donné",
        "retirer l’accord donné à une application",
    ),
    Action.FEED_LIST: (
        "consulté la liste des calendriers reliés",
        "consulter la liste des calendriers reliés",
    ),
    Action.FEED_ADD: ("relié un calendrier", "relier un calendrier"),
    Action.FEED_REVOKE: ("coupé le lien d’un calendrier", "couper le lien d’un calendrier"),
    Action.FEED_READ: (
        "lu les rendez-vous à venir par un lien secret",
        "lire les rendez-vous à venir par un lien secret",
    ),
    Action.CONVERSATION_LIST: (
        "consulté la liste des conversations",
        "consulter la liste des conversations",
    ),
    Action.CONVERSATION_OPEN: ("ouvert une conversation", "ouvrir une conversation"),
    Action.CONVERSATION_READ: ("lu une conversation", "lire une conversation"),
    Action.CONVERSATION_CLOSE: ("clos une conversation", "clore une conversation"),
    Action.CONVERSATION_REOPEN: ("rouvert une conversation", "rouvrir une conversation"),
    Action.CONVERSATION_MARK: (
        "marqué une conversation comme lue",
        "marquer une conversation comme lue",
    ),
    Action.SENDER_BLOCK: (
        "bloqué les messages d’un correspondant",
        "bloquer les messages d’un correspondant",
    ),
    Action.SENDER_UNBLOCK: (
        "accepté de nouveau les messages d’un correspondant",
        "accepter de nouveau les messages d’un correspondant",
    ),
    Action.MESSAGE_SEND: ("envoyé un message", "envoyer un message"),
    Action.ATTACHMENT_ADD: ("préparé une pièce jointe", "préparer une pièce jointe"),
    Action.ATTACHMENT_OPEN: ("ouvert une pièce jointe", "ouvrir une pièce jointe"),
    Action.ATTACHMENT_SAVE: (
        "repris une pièce jointe pour l’enregistrer",
        "reprendre une pièce jointe pour l’enregistrer",
    ),
    Action.MEASURE_LIST: ("consulté les mesures", "consulter les mesures"),
    Action.MEASURE_READ: ("consulté une mesure", "consulter une mesure"),
    Action.MEASURE_ADD: ("ajouté une mesure", "ajouter une mesure"),
    Action.MEASURE_DELETE: ("supprimé une mesure", "supprimer une mesure"),
    Action.TARGET_READ: ("consulté l’objectif", "consulter l’objectif"),
    Action.TARGET_SET: ("fixé l’objectif", "fixer l’objectif"),
    Action.TARGET_REMOVE: ("retiré l’objectif", "retirer l’objectif"),
    AccountAction.SUSPEND: (
        "suspendu l’accès à votre espace",
        "suspendre l’accès à votre espace",
    ),
    AccountAction.RESUME: ("rétabli l’accès à votre espace", "rétablir l’accès à votre espace"),
    AccountAction.ENROL: (
        "ouvert l’accès à votre compte d’exploitant",
        "ouvrir l’accès à votre compte d’exploitant",
    ),
    AccountAction.DISMISS: (
        "retiré l’accès à votre compte d’exploitant",
        "retirer l’accès à votre compte d’exploitant",
    ),
    CoverageAction.END: (
        "retiré, d’après l’assurance maladie, la gestion de cet espace",
        "retirer, d’après l’assurance maladie, la gestion de cet espace",
    ),
    SessionAction.OPEN: ("ouvert une session", "ouvrir une session"),
    UNREADABLE_ACTION: (
        "trouvé une ligne de votre historique qui ne peut pas être vérifiée",
        "vérifier une ligne de votre historique",
    ),
}
# What each line of a consent lets an application do.
PERMISSIONS: Final[Mapping[Permission, str]] = {
    Permission.WEIGHT_READ: "consulter le poids",
    Permission.WEIGHT_WRITE: "ajouter le poids",
    Permission.BLOOD_PRESSURE_READ: "consulter la tension artérielle",
    Permission.BLOOD_PRESSURE_WRITE: "ajouter la tension artérielle",
    Permission.APPOINTMENT_READ: "consulter les rendez-vous",
    Permission.APPOINTMENT_WRITE: "ajouter et modifier des rendez-vous",
    Permission.DOCUMENT_READ: "consulter les documents",
    Permission.DOCUMENT_WRITE: "ajouter des documents",
}
# A person who takes back her own deposit deletes it; others declare it an error.
_BY_THE_PERSON: Final[Mapping[str, tuple[str, str]]] = {
    Action.DOCUMENT_WITHDRAW: ("supprimé un document", "supprimer un document")
}
_UNNAMED: Final = {
    Kind.CALENDAR: CALENDAR,
    Kind.PUBLISHER: PUBLISHER,
    Kind.OPERATOR: OPERATOR,
}
UNKNOWN_ACTION: Final = ("agi dans votre espace", "agir dans votre espace")

RIGHTS: Final[Mapping[str, str]] = {
    Right.SELF: "C’est votre espace",
    Right.REPRESENTATIVE: "Représente légalement une personne mineure",
    Right.COVERAGE: "Personne mineure rattachée à son dossier d’assurance maladie",
    Right.INVITATION: "A reçu une invitation à représenter une personne mineure",
    Right.AUTHORISATION: "Vous avez donné votre autorisation",
    Right.PARENTAL: "Un représentant légal a donné son autorisation",
    Right.DEPOSITOR: "C’est un de ses propres ajouts",
    Right.FEEDING: "Dépôt dans votre dossier",
    Right.LINK: "Vous avez créé ce lien de calendrier",
    Right.CONSENT: "Vous avez donné votre accord à cette application",
    Right.PARTICIPANT: "Participe à cette conversation",
    Right.OPERATOR: "Mesure de sécurité, sans accès à vos données",
    Right.NONE: "Aucun droit n’était nécessaire",
}
# What an organisation may do without having been allowed to read, by what it did.
_FEEDING: Final[Mapping[str, str]] = {
    Action.CONVERSATION_OPEN: "Peut vous écrire",
    Action.APPOINTMENT_ADD: "Peut vous fixer un rendez-vous",
}
REFUSALS: Final[Mapping[str, str]] = {
    Refusal.SPACE_CLOSED: "votre espace est fermé",
    Refusal.ABSENT: "cet élément n’existe pas ou n’est plus dans votre espace",
    Refusal.NO_RIGHT: "cette personne n’a pas votre autorisation",
    Refusal.PROFESSION: "sa profession ne permet pas de voir ce document",
    Refusal.TRAITS: "l’identité indiquée n’est pas la vôtre",
    Refusal.ADULT: "cette personne est majeure",
    Refusal.INVALID: "ce qui a été envoyé n’était pas acceptable",
    Refusal.BUDGET: "il y a eu trop de demandes en peu de temps",
    Refusal.ALTERED: "une donnée de votre dossier ne peut pas être vérifiée, rien n’a été montré",
    Refusal.CONFLICT: "c’était déjà fait, ou cela avait changé entre-temps",
    Refusal.TOO_LONG: "ce document est long et se lit par parties, il a été demandé en une fois",
}
# What is said of the reader's own space, said of a minor's.
_OF_A_MINOR: Final[Mapping[str, str]] = {
    "Vous avez donné votre autorisation": "Une autorisation a été donnée",
    "n’a pas votre autorisation": "n’a pas d’autorisation",
    "Vous avez donné votre accord": "Un accord a été donné",
    "n’a pas votre accord": "n’a pas d’accord",
    "n’est pas la vôtre": "n’est pas la sienne",
    "votre identité": "son identité",
    "votre matricule": "son matricule",
    "votre espace": "son espace",
    "votre dossier": "son dossier",
    "votre historique": "son historique",
    "vos données": "ses données",
    "Peut vous ": "Peut lui ",
}
_A_PARENT: Final = "un parent"
_NO_RIGHT_OF_AN_ORGANISATION: Final = "cet établissement n’a pas ce droit"
_NO_CONSENT_OF_AN_APPLICATION: Final = "cette application n’a pas votre accord pour cela"
_UNKNOWN_REFUSAL: Final = "ce droit n’existe pas"

_MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def actor_name(shown: Shown, reader: str, minor: str | None = None) -> str:
    """Return whom a line is about, and for whom if `minor` is the name of who is represented.

    `reader` is the account that reads. What the minor did herself is said of her by her name.
    """
    if shown.actor is Kind.PERSON:
        own = minor if shown.right == Right.SELF else None
        name = YOU if shown.actor_id == reader else shown.actor_name or own or SOMEBODY
        return f"{name} pour {minor}" if minor and shown.right == Right.REPRESENTATIVE else name
    if shown.actor is Kind.ORGANISATION:
        return shown.organisation or ORGANISATION
    if shown.actor is Kind.PROFESSIONAL:
        return shown.actor_name or PROFESSIONAL
    if shown.actor is Kind.APPLICATION:
        name = shown.actor_name or APPLICATION
        return of_publisher(name, shown.organisation) if shown.organisation else name
    return _UNNAMED.get(shown.actor, SERVICE)


def label(shown: Shown, reader: str, whom: str | None = None) -> str:
    """Return what was done or asked, to be read after the actor's name; `whom`: to whom."""
    own = _BY_THE_PERSON if shown.actor is Kind.PERSON else {}
    done, asked = own.get(shown.action) or DONE_ASKED.get(shown.action, UNKNOWN_ACTION)
    has = "avez" if actor_name(shown, reader) == YOU else "a"
    # The operator is never named: the name is of whose link he ended; older traces have none.
    if shown.action == CoverageAction.END:
        whom = shown.actor_name or _A_PARENT
    to = f" à {whom}" if whom else ""
    if shown.outcome is Outcome.REFUSED:
        return f"{has} demandé à {asked}{to}"
    return f"{has} {done}{to}{_receipt(shown)}"


def right(shown: Shown, giver: str | None = None) -> str | None:
    """Return by what right it was done, or why it was refused; None for what nobody did.

    `giver` is the name of who gave, for a minor, the authorisation by which it was.
    """
    if shown.outcome is Outcome.UNREADABLE:
        return None
    if shown.outcome is Outcome.REFUSED:
        return f"Demande refusée\u00a0: {_refusal(shown)}"
    if shown.right in {Right.AUTHORISATION, Right.PARENTAL} and shown.right_since:
        said = f"{giver} a donné son autorisation" if giver else RIGHTS[shown.right]
        return f"{said} le {date(datetime.fromisoformat(shown.right_since))}"
    if shown.right == Right.FEEDING:
        return _FEEDING.get(shown.action, RIGHTS[Right.FEEDING])
    return RIGHTS.get(shown.right, RIGHTS[Right.NONE])


def of_publisher(application: str, publisher: str) -> str:
    """Name an application with its publisher; names have brackets of their own."""
    return f"{application}\u00a0– {publisher}"


def of_a_minor(text: str) -> str:
    """Say to who represents a minor what the catalogue says to the person of a space."""
    for own, hers in _OF_A_MINOR.items():
        text = text.replace(own, hers)
    return text


def date(moment: datetime) -> str:
    """Write the day of an instant in Paris, as « 3 novembre 2026 »."""
    day = clock.paris_date(moment)
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {_MONTHS[day.month - 1]} {day.year}"


def _receipt(shown: Shown) -> str:
    """Say until when a consent was given, and what for: what its receipt said, or what remains."""
    consented = shown.consented
    if consented is None or consented.until is None:
        return ""
    what = ", ".join(PERMISSIONS[one] for one in consented.permissions)
    if shown.action == Action.CONSENT_CHANGE:
        return f". Il reste, jusqu’au {date(consented.until)}\u00a0: {what}"
    return f", jusqu’au {date(consented.until)}\u00a0: {what}"


def _refusal(shown: Shown) -> str:
    if shown.actor is Kind.ORGANISATION and shown.reason == Refusal.NO_RIGHT:
        return _NO_RIGHT_OF_AN_ORGANISATION
    if shown.actor is Kind.APPLICATION and shown.reason == Refusal.NO_RIGHT:
        return _NO_CONSENT_OF_AN_APPLICATION
    return REFUSALS.get(shown.reason or "", _UNKNOWN_REFUSAL)
