"""The words of every problem, French and English, by slug; data only.

French: what happened, what was kept, what to do. Sentences of at most twenty words.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Text:
    """One problem's words; `help` is the French paragraph of its page."""

    title: str
    detail: str
    title_en: str
    detail_en: str
    help: str


PROBLEM_TEXTS: Final[dict[str, Text]] = {
    "bad-request": Text(
        "Demande mal formée",
        "La demande n’a pas pu être lue. Rien n’a été modifié.",
        "Malformed request",
        "The request could not be read. Nothing was changed.",
        "Revenez à la page précédente et recommencez. Si vous écrivez un logiciel, "
        "vérifiez les paramètres et les en-têtes de la demande.",
    ),
    "bad-cursor": Text(
        "Page expirée",
        "Ce repère de page n’est plus valable. Rechargez la liste depuis le début.",
        "Cursor refused",
        "This cursor is not valid for this list and caller. Start again without a cursor.",
        "Un repère de page ne sert qu’à la liste et à la personne pour qui il a été émis.",
    ),
    "unauthenticated": Text(
        "Connexion nécessaire",
        "Connectez-vous pour continuer. Un logiciel demande un nouveau jeton d’accès.",
        "Authentication required",
        "Send a valid access token in the Authorization header. Software gets one from "
        "POST /oauth/token.",
        "Votre session est absente ou terminée. Reconnectez-vous, puis reprenez. "
        "Un logiciel demande un jeton à /oauth/token, puis envoie de nouveau sa demande.",
    ),
    "session-ended": Text(
        "Session terminée",
        "Votre session est terminée. Reconnectez-vous pour continuer. "
        "Un logiciel demande un nouveau jeton d’accès.",
        "Session ended",
        "The session has ended. Log in again; software gets another token from POST /oauth/token.",
        "Une session se termine après un temps sans activité, ou à la déconnexion. "
        "Elle se termine aussi si elle est utilisée à deux endroits de façon anormale. "
        "Un logiciel à qui un nouveau jeton est refusé a pu être suspendu par l’exploitant.",
    ),
    "forbidden": Text(
        "Action non permise",
        "Vous ne pouvez pas faire cette action. Rien n’a été modifié.",
        "Forbidden",
        "This caller may not do this. Nothing was changed.",
        "Cette action est réservée à d’autres personnes.",
    ),
    "account-suspended": Text(
        "Accès suspendu",
        "L’accès à votre compte est suspendu. Rien n’est effacé. Appelez l’assistance.",
        "Account suspended",
        "The operator suspended this account. Nothing is deleted. Call the help line.",
        "L’assistance vérifie votre identité, puis vous dit comment l’accès peut être rétabli. "
        "Vos documents et vos autorisations restent en place.",
    ),
    "application-suspended": Text(
        "Application arrêtée",
        "Cette application n’est pas en service dans le catalogue. Les accords des personnes "
        "restent en place.",
        "Application not online",
        "This application is not online in the catalogue. Consents of persons are kept.",
        "Son éditeur en voit la raison dans sa page, et peut répondre aux remarques reçues.",
    ),
    "consent-request-over": Text(
        "Demande expirée",
        "La demande de cette application n’est plus valable. Aucun accord n’a été donné.",
        "Request over",
        "This request for consent is not one of ours, has ended, or its application has changed "
        "since. Nothing was given.",
        "Une demande dure dix minutes. Retournez dans l’application et recommencez.",
    ),
    "consent-over": Text(
        "Accord terminé",
        "Cet accord est terminé ou retiré\u00a0: il n’y a plus rien à réduire.",
        "Consent over",
        "This consent has ended or was withdrawn: nothing of it is left to reduce.",
        "Pour redonner un accord, passez par l’application, qui vous le demande de nouveau.",
    ),
    "too-many-consents": Text(
        "Trop d’applications reliées",
        "Déjà {limit} applications ont votre accord. Retirez-en un, puis recommencez.",
        "Too many consents",
        "The record already has {limit} consents that hold. Withdraw one first.",
        "Un accord retiré cesse aussitôt. Les applications que vous n’utilisez plus n’en ont pas "
        "besoin.",
    ),
    "consent-not-given": Text(
        "Pas d’accord de la personne",
        "La personne n’a pas donné son accord pour cela, ou elle l’a retiré. Rien n’a été fait.",
        "Consent not given",
        "The person did not consent to this, or no longer does. Nothing was done.",
        "L’application demande de nouveau l’accord de la personne, qui choisit ligne par ligne.",
    ),
    "application-exists": Text(
        "Application déjà enregistrée",
        "Une autre application porte cet identifiant. Rien n’a été modifié.",
        "Application exists",
        "Another application has this id, or this one says something else. Nothing was changed.",
        "Enregistrez l’application sans identifiant, ou modifiez celle qui existe.",
    ),
    "application-fixed": Text(
        "Application non modifiable",
        "Dans son état, cette application ne se modifie pas. Rien n’a été modifié.",
        "Application cannot change",
        "In its state, the application cannot be changed. Nothing was changed.",
        "Une application retirée s’enregistre de nouveau.",
    ),
    "application-move": Text(
        "Changement d’état impossible",
        "Cette application ne peut pas passer à cet état. Rien n’a été modifié.",
        "State not reachable",
        "The application cannot come into that state from its own. Nothing was changed.",
        "Une candidature est mise en ligne ou écartée. Une application en ligne est suspendue "
        "ou retirée. Une application suspendue est remise en ligne ou retirée.",
    ),
    "application-unchecked": Text(
        "Revue incomplète",
        "Des critères n’ont pas encore été vérifiés. L’application n’est pas en ligne.",
        "Review incomplete",
        "Some criteria are not found satisfied yet. The application is not online.",
        "Vérifiez les critères qui manquent, notez-les dans la revue, puis recommencez.",
    ),
    "not-found": Text(
        "Introuvable",
        "Cet élément n’existe pas, ou vous n’y avez pas accès.",
        "Not found",
        "This does not exist, or you have no access to it.",
        "Vérifiez le lien. Si vous êtes soignant, la personne doit d’abord vous autoriser.",
    ),
    "method-not-allowed": Text(
        "Opération inconnue",
        "Cette adresse ne permet pas cette opération.",
        "Method not allowed",
        "This path does not support this method.",
        "Consultez la description de l’interface à l’adresse /openapi.json.",
    ),
    "not-acceptable": Text(
        "Format indisponible",
        "Ce contenu n’existe pas dans le format demandé.",
        "Not acceptable",
        "The representation asked for does not exist.",
        "Demandez le contenu dans son format d’origine.",
    ),
    "unsupported-media-type": Text(
        "Type de contenu refusé",
        "Cette adresse n’accepte pas ce type de contenu. Rien n’a été enregistré.",
        "Unsupported media type",
        "This path does not accept this content type. Nothing was stored.",
        "Envoyez du JSON, ou des octets bruts là où c’est prévu.",
    ),
    "conflict": Text(
        "Situation incompatible",
        "L’état actuel ne permet pas cette action. Rechargez la page et vérifiez.",
        "Conflict",
        "The current state does not allow this. Reload and check.",
        "Quelqu’un a peut-être modifié l’élément avant vous.",
    ),
    "already-deposited": Text(
        "Document déjà présent",
        "Vous avez déjà déposé ce document. Il n’a pas été ajouté une seconde fois.",
        "Already deposited",
        "You already deposited this content. It was not added twice.",
        "Le document existant est inchangé. Si c’est un autre document, vérifiez le fichier.",
    ),
    "parts-missing": Text(
        "Envoi incomplet",
        "Des parties de ce document n’ont pas été reçues : `errors` dit lesquelles.",
        "Parts missing",
        "Some parts of this document were not received: `errors` says which.",
        "Envoyez les parties qui manquent, puis terminez l’envoi.",
    ),
    "being-inspected": Text(
        "Document en cours de contrôle",
        "Ce document a été envoyé et il est en cours de contrôle. Attendez qu’il ait fini.",
        "Being inspected",
        "This document was sent and is being inspected. Wait for the outcome.",
        "Le contrôle prend le plus souvent moins d’une minute.",
    ),
    "too-long-at-once": Text(
        "Document trop volumineux pour une seule réponse",
        "Ce document a {size_bytes}\u00a0octets et se lit par tranches de 4 Mio au plus. "
        "Demandez-en les octets avec l’en-tête `Range` (`bytes=0-4194303`), puis les suivants. "
        "Il ne peut pas être joint à un message.",
        "Too long for one answer",
        "This document has {size_bytes} bytes and is read in slices of 4 MiB at most: ask for its "
        "bytes with the header `Range` (`bytes=0-4194303`), then for the next ones. "
        "It cannot be joined to a message.",
        "Ouvrez-le dans l’application, ou demandez-en les tranches l’une après l’autre.",
    ),
    "range-not-satisfiable": Text(
        "Tranche impossible",
        "Aucun octet de ce document n’est dans la tranche demandée, "
        "ou plusieurs tranches ont été demandées à la fois.",
        "Range not satisfiable",
        "No byte of this document is in that range, or several ranges were asked for at once.",
        "Demandez une seule tranche, comprise dans la taille du document.",
    ),
    "superseded": Text(
        "Document remplacé",
        "Une version plus récente remplace ce document. Agissez sur celle-ci.",
        "Superseded",
        "A later version replaces this document. Act on that one.",
        "La dernière version figure dans la liste des documents.",
    ),
    "already-uploaded": Text(
        "Contenu déjà reçu",
        "Le contenu de ce document a déjà été reçu, ou l’envoi a expiré.",
        "Already uploaded",
        "The content of this document was already received, or the upload expired.",
        "Si le document ne figure pas dans la liste, recommencez l’ajout.",
    ),
    "not-yours": Text(
        "Rendez-vous posé par quelqu’un d’autre",
        "{set_by} a posé ce rendez-vous. Vous pouvez changer les rappels, ou le retirer.",
        "Set by somebody else",
        "{set_by} set this appointment. You may change its reminders, or remove it.",
        "Pour changer l’heure ou le lieu, contactez la personne ou l’établissement.",
    ),
    "already-set": Text(
        "Rendez-vous déjà posé",
        "Vous avez déjà posé un rendez-vous de ce nom. Rien n’a été modifié.",
        "Already set",
        "You already set an appointment with this identifier. Nothing was changed: update it.",
        "Une application le modifie par une mise à jour, sans le poser de nouveau.",
    ),
    "link-only": Text(
        "Rendez-vous posé par quelqu’un d’autre",
        "Une application n’y ajoute que le lien pour le rejoindre, s’il n’en a pas d’un autre. "
        "Rien n’a été modifié.",
        "Set by somebody else",
        "An application only adds the link by which one joins, if there is none but its own. "
        "Nothing was changed.",
        "Le reste du rendez-vous appartient à qui l’a posé.",
    ),
    "too-many-feeds": Text(
        "Trop de calendriers reliés",
        "Vous avez déjà {limit} liens de calendrier. Supprimez-en un, puis recommencez.",
        "Too many calendar links",
        "The record already has {limit} calendar links. Revoke one first.",
        "Un lien supprimé cesse aussitôt de fonctionner.",
    ),
    "too-many-invitations": Text(
        "Trop d’invitations",
        "Déjà {limit} invitations en un mois pour cet enfant. Attendez que l’une d’elles expire.",
        "Too many invitations",
        "This child already has {limit} invitations of the last month, whatever became of them.",
        "Les invitations retirées ou refusées comptent aussi, jusqu’à leur date de fin.",
    ),
    "invitation-closed": Text(
        "Invitation terminée",
        "Cette invitation n’est plus valable. Rien n’a changé.",
        "Invitation over",
        "This invitation was answered, withdrawn or has expired. Nothing was changed.",
        "Demandez une nouvelle invitation à la personne qui vous l’avait envoyée.",
    ),
    "stale": Text(
        "Modifié entre-temps",
        "Cet élément a changé depuis votre lecture. Rechargez-le, puis recommencez.",
        "Changed meanwhile",
        "The If-Match version is not the current one. Reload, then try again.",
        "Rien n’a été modifié par votre demande.",
    ),
    "too-large": Text(
        "Trop volumineux",
        "Le contenu dépasse la limite de {size_limit}. Rien n’a été enregistré.",
        "Too large",
        "The content is over the limit of {size_limit_en}. Nothing was stored.",
        "Réduisez le fichier, puis recommencez.",
    ),
    "head-too-large": Text(
        "En-têtes trop volumineux",
        "Les en-têtes de la demande dépassent la limite de {size_limit}. Rien n’a été fait.",
        "Headers too large",
        "The headers of the request are over the limit of {size_limit_en}. Nothing was done.",
        "Effacez les cookies de ce site dans votre navigateur, puis recommencez.",
    ),
    "invalid": Text(
        "Saisie à corriger",
        "Certaines informations sont à corriger. Rien n’a été enregistré.",
        "Invalid",
        "Some fields are wrong: see errors. Nothing was stored.",
        "Chaque erreur indique le champ concerné et ce qui est attendu.",
    ),
    "invalid-json": Text(
        "Contenu illisible",
        "Le contenu envoyé n’est pas un JSON acceptable. Rien n’a été enregistré.",
        "Unreadable JSON",
        "The body is not JSON within our bounds: see errors. Nothing was stored.",
        "Le JSON doit être en UTF-8, sans clé répétée, et peu imbriqué.",
    ),
    "document-refused": Text(
        "Document refusé",
        "{explanation}",
        "Document refused",
        "{explanation_en}",
        "Le document n’a pas été enregistré. Vos autres documents sont inchangés.",
    ),
    "idempotency-key-required": Text(
        "Clé d’idempotence absente",
        "Envoyez un en-tête Idempotency-Key de 8 à 64 lettres, chiffres, - ou _. "
        "Rien n’a été enregistré.",
        "Idempotency-Key required",
        "Send an Idempotency-Key header of 8 to 64 letters, digits, - or _. Nothing was stored.",
        "La clé rend les nouveaux essais sans danger\u00a0: un seul effet, toujours.",
    ),
    "idempotency-key-reused": Text(
        "Clé d’idempotence réutilisée",
        "Cette clé a déjà servi pour une demande différente. Rien n’a été enregistré.",
        "Idempotency-Key reused",
        "This key was used with another body. Use a new key for a new request.",
        "Une clé par demande\u202f; la même clé pour les nouveaux essais de la même demande.",
    ),
    "precondition-required": Text(
        "Version attendue absente",
        "Indiquez la version lue, dans l’en-tête If-Match. Rien n’a été modifié.",
        "Precondition required",
        "Send the ETag you read in If-Match. Nothing was changed.",
        "Cela évite d’écraser la modification de quelqu’un d’autre.",
    ),
    "too-many": Text(
        "Trop de demandes",
        "Vous avez fait beaucoup de demandes. Réessayez plus tard.",
        "Too many requests",
        "Too many requests. Wait for Retry-After seconds.",
        "Cette limite protège les dossiers contre les recherches en masse.",
    ),
    "too-many-deposits": Text(
        "Trop de dépôts",
        "Vous avez fait beaucoup de dépôts en une heure, ou de très lourds. "
        "Celui-ci n’a pas été enregistré.",
        "Too many deposits",
        "Too many deposits, or bytes, this hour; this one was not stored. Send the same request "
        "with the same Idempotency-Key after Retry-After seconds.",
        "Recommencez dans une heure au plus\u00a0: vos dépôts précédents sont bien enregistrés. "
        "Si votre activité demande davantage, écrivez à l’exploitant du service.",
    ),
    "too-many-deposits-here": Text(
        "Trop de dépôts dans ce dossier",
        "Vous avez fait beaucoup de dépôts dans ce dossier aujourd’hui, ou de très lourds. "
        "Celui-ci n’a pas été enregistré.",
        "Too many deposits in this record",
        "Too many deposits, or bytes, in this record today; this one was not stored. Send the same "
        "request with the same Idempotency-Key after Retry-After seconds.",
        "Recommencez demain, ou réunissez plusieurs pages en un seul document. "
        "Vos dépôts précédents sont bien enregistrés.",
    ),
    "too-many-messages": Text(
        "Trop de messages",
        "Vous avez écrit beaucoup de messages en une heure. Celui-ci n’a pas été envoyé.",
        "Too many messages",
        "Too many messages in an hour; this one was not sent. Send the same request with the same "
        "Idempotency-Key after Retry-After seconds.",
        "Votre texte est gardé sur cet écran. Réessayez dans une heure au plus. "
        "En cas d’urgence, appelez le 15.",
    ),
    "too-many-conversations": Text(
        "Trop de conversations",
        "Vous avez ouvert beaucoup de conversations avec cette personne aujourd’hui.",
        "Too many conversations",
        "Too many conversations opened with this person today; this one was not.",
        "Écrivez dans une conversation déjà ouverte, ou recommencez demain.",
    ),
    "conversation-closed": Text(
        "Conversation close",
        "Cette conversation est close : le message n’a pas été envoyé. Votre texte est gardé.",
        "Conversation closed",
        "This conversation is closed: the message was not sent. The professional may reopen it.",
        "Le professionnel a clos la conversation, et peut la rouvrir. "
        "Pour une autre question, appelez son cabinet. En cas d’urgence, appelez le 15.",
    ),
    "conversation-blocked": Text(
        "Correspondant bloqué",
        "Vous ne recevez plus les messages de ce correspondant : rien n’a été envoyé.",
        "Correspondent blocked",
        "This person blocks this correspondent: the message was not sent.",
        "Pour lui écrire, acceptez de nouveau ses messages dans la conversation.",
    ),
    "too-many-refusals": Text(
        "Trop de demandes refusées",
        "Beaucoup de vos demandes ont été refusées. Réessayez dans une heure au plus.",
        "Too many refused requests",
        "Many requests of this caller were refused this hour. Wait for Retry-After seconds, and "
        "check the identifiers it sends.",
        "Vérifiez les liens et les identités que vous utilisez. Vos propres données, et celles des "
        "personnes qui vous ont autorisé, restent accessibles.",
    ),
    "internal": Text(
        "Un incident de notre côté",
        "La demande n’a pas abouti à cause d’un incident. Nos équipes sont prévenues.",
        "Internal error",
        "Something failed on our side and was reported.",
        "Réessayez dans quelques minutes. Un nouvel essai ne fera pas de doublon.",
    ),
    "unavailable": Text(
        "Momentanément indisponible",
        "Le service ne répond pas pour l’instant. Réessayez dans quelques secondes.",
        "Unavailable",
        "A part of the service does not answer. Retry after Retry-After seconds.",
        "Rien n’a été montré ni perdu. Un nouvel essai ne fera pas de doublon.",
    ),
}
