"""The words of everything that is wrong in one field, French and English, by code; data only."""

from typing import Final

FIELD_TEXTS: Final[dict[str, tuple[str, str]]] = {
    # of our own gates
    "encoding": ("Le texte doit être en UTF-8.", "The text must be UTF-8."),
    "syntax": ("La syntaxe JSON est incorrecte.", "The JSON syntax is wrong."),
    "too_deep": ("Plus de {limit} niveaux imbriqués.", "Nested deeper than {limit} levels."),
    "too_many_marks": (
        "Plus de {limit} textes, virgules et crochets.",
        "More than {limit} strings, commas and brackets.",
    ),
    "too_many_keys": ("Plus de {limit} clés.", "More than {limit} keys."),
    "duplicate_key": ("Une clé est répétée.", "A key is repeated."),
    "not_a_number": ("NaN et Infinity sont refusés.", "NaN and Infinity are refused."),
    "number_too_long": ("Nombre de plus de {limit} chiffres.", "Number over {limit} digits."),
    "lone_surrogate": ("Caractère Unicode incomplet.", "Lone Unicode surrogate."),
    "identifier_format": ("Le numéro n’a pas la bonne forme.", "The identifier is malformed."),
    "identifier_key": ("La clé de contrôle est fausse.", "The check key is wrong."),
    "unknown_professional": (
        "Ce professionnel n’est pas dans l’annuaire.",
        "This professional is not in the directory.",
    ),
    "permission_not_asked": (
        "L’application n’a pas demandé cela.",
        "The application did not ask for this.",
    ),
    "permission_not_given": (
        "Cela ne fait pas partie de l’accord.",
        "This is not a part of the consent.",
    ),
    "unknown_type": ("Ce type de document est inconnu.", "Unknown document type."),
    "type_reserved": (
        "Ce type de document est réservé à un autre déposant.",
        "This document type is reserved for another depositor.",
    ),
    "cda_matricule": (
        "Le numéro INS n’est pas celui de ce dossier.",
        "The INS is not that of this record.",
    ),
    "cda_family_name": ("Le nom de naissance diffère.", "The birth name differs."),
    "cda_given_name": ("Le prénom diffère.", "The first given name differs."),
    "cda_birth_date": ("La date de naissance diffère.", "The birth date differs."),
    "cda_sex": ("Le sexe diffère.", "The sex differs."),
    "date_order": ("La date de fin précède le début.", "The end is before the start."),
    "end_order": ("La fin doit être après le début.", "The end must be after the start."),
    "event_too_long": (
        "Un rendez-vous dure au plus {days} jours.",
        "An appointment lasts at most {days} days.",
    ),
    "date_unknown": ("Cette date n’existe pas.", "This date does not exist."),
    "date_form": ("Une date AAAA-MM-JJ est attendue.", "A date YYYY-MM-DD is expected."),
    "time_form": (
        "Une date et une heure sont attendues.",
        "A date and time YYYY-MM-DDTHH:MM are expected.",
    ),
    "date_too_far": (
        "La date est à plus de {years} ans.",
        "The date is more than {years} years ahead.",
    ),
    "appointment_over": (
        "Ce rendez-vous serait déjà passé\u00a0: seule la personne en note de passés.",
        "It would be over already: only the person may note an appointment that is over.",
    ),
    "unknown_zone": ("Ce fuseau horaire est inconnu.", "Unknown time zone."),
    "link_https": (
        "Le lien doit être une adresse web complète et sûre (https).",
        "The link must be a full address that begins with https://.",
    ),
    "too_many_leads": ("Au plus {limit} rappels.", "At most {limit} reminders."),
    "repeated_lead": ("Un rappel est répété.", "A reminder is repeated."),
    "lead_range": (
        "Un rappel vient au plus {days} jours avant.",
        "A reminder comes at most {days} days before.",
    ),
    "reminders_of_person": (
        "Seule la personne change ses rappels.",
        "Only the person changes her reminders.",
    ),
    "recommendation_of_person": (
        "Seule la personne relie un rendez-vous à sa prévention.",
        "Only the person ties an appointment to her prevention.",
    ),
    "too_many_reminders": (
        "Il y a déjà {limit} rappels le {day}.",
        "There are already {limit} reminders on {day}.",
    ),
    "instant_form": (
        "Une date, une heure et leur décalage avec UTC sont attendus.",
        "A date, a time and their offset are expected, as 2026-11-23T07:30+01:00.",
    ),
    "too_many_decimals": (
        "Trop de chiffres après la virgule\u00a0: au plus {limit}.",
        "More than {limit} decimal places.",
    ),
    "pressure_order": (
        "La pression minimale doit être plus basse que la maximale.",
        "The diastolic pressure must be below the systolic one.",
    ),
    "date_future": ("La date est dans le futur.", "The date is in the future."),
    "not_a_minor": (
        "Cela ne concerne que les personnes mineures.",
        "This is for minors only.",
    ),
    "visibility_reserved": (
        "Seuls les professionnels et les établissements peuvent le choisir.",
        "Only professionals and organisations may choose this.",
    ),
    "visibility_both": (
        "Choisissez la consultation d’annonce ou le secret du mineur, pas les deux.",
        "Choose the disclosure consultation or the minor's secrecy, not both.",
    ),
    "visibility_not_announced": (
        "L’annonce ne disait pas à qui ce document est caché. Annoncez-le de nouveau.",
        "The announcement did not say from whom it is hidden. Announce it anew.",
    ),
    "not_withheld": (
        "Ce document n’attend pas de consultation d’annonce.",
        "This document does not wait for a disclosure consultation.",
    ),
    "not_an_adult": ("Cette personne n’est pas majeure.", "This person is not of age."),
    "date_before_birth": ("La date précède la naissance.", "The date is before the birth."),
    "date_past": ("Choisissez une date à venir.", "The date must be in the future."),
    "too_early": (
        "Trop tôt pour compter\u00a0: pas avant le {day}. Vérifiez la date avec votre médecin.",
        "Too early to count: this step counts from {day} (day/month/year) on.",
    ),
    "after_next": (
        "L’étape suivante est déjà notée avant cette date, ou trop près d’elle.",
        "The next step is noted before this date, or too close to it.",
    ),
    "after_window": (
        "Ce serait trop tard\u00a0: la période finit le {day}. Choisissez une date plus proche.",
        "It would be too late: the period ends on {day} (day/month/year).",
    ),
    "after_season": (
        "Cette saison a fini le {day}\u00a0: un vaccin fait après ne compte pas pour elle.",
        "This season ended on {day} (day/month/year): what is done after does not count for it.",
    ),
    "too_far": ("La date est trop lointaine.", "The date is too far away."),
    "unknown_rule": ("Cette recommandation est inconnue.", "Unknown recommendation."),
    "not_expected": ("Cette date ne va pas avec la réponse.", "Not expected with this answer."),
    "quiet_too_long": (
        "Les heures calmes durent au plus {hours} heures.",
        "Quiet hours last at most {hours} hours.",
    ),
    "quiet_none": (
        "Choisissez deux heures différentes\u00a0: de la même à la même, il n’y a aucun silence.",
        "Choose two different times: from one to the same there is no quiet time.",
    ),
    "no_team": (
        "Vous n’êtes rattaché à aucune équipe : écrivez en votre nom.",
        "The session names no organisation: write from one's own box.",
    ),
    "secret_document": (
        "Ce document est caché aux représentants légaux, qui lisent cette conversation.",
        "This document is hidden from legal representatives, who read this conversation.",
    ),
    "withheld_document": (
        "Ce document doit d’abord être annoncé à la personne, qui lit cette conversation.",
        "This document must first be announced to the person, who reads this conversation.",
    ),
    "unknown_attachment": (
        "Cette pièce jointe n’attend plus : joignez-la de nouveau.",
        "This attachment does not wait for a message: send it again.",
    ),
    "twice": ("Cette pièce est jointe deux fois.", "Joined twice."),
    "date_too_old": ("La date est trop ancienne.", "The date is too old."),
    "base64": ("Le contenu n’est pas en base64.", "The content is not base64."),
    "size_mismatch": ("La taille ne correspond pas.", "The size does not match."),
    "part_length": (
        "Cette partie doit avoir {expected} octets, et en a {received}.",
        "This part must have {expected} bytes, and has {received}.",
    ),
    "hash_mismatch": ("L’empreinte ne correspond pas.", "The hash does not match."),
    "repeated": ("Cette valeur est répétée.", "This value is repeated."),
    "none_chosen": ("Choisissez au moins une valeur.", "Choose at least one value."),
    # of the addresses and keys of an application
    "address_characters": (
        "L’adresse contient un espace, un accent ou un signe interdit (\\, guillemet, chevron).",
        "The address has a blank, an accent or a forbidden sign (backslash, quote, bracket).",
    ),
    "address_wildcard": (
        "L’étoile (*) est refusée\u00a0: écrivez chaque adresse en entier.",
        "A wildcard (*) is refused: write each address in full.",
    ),
    "address_fragment": (
        "Retirez le signe # et ce qui le suit.",
        "Remove the fragment: # and what follows.",
    ),
    "address_encoding": (
        "Un codage en pour-cent est incomplet, ou cache un point, une barre ou un contrôle.",
        "Percent-encoding is broken, or hides a dot, a slash or a control character.",
    ),
    "address_relative": (
        "L’adresse est incomplète\u00a0: elle commence par https://.",
        "The address is not whole: it begins with https://.",
    ),
    "address_https": (
        "L’adresse n’est pas sûre\u00a0: elle commence par https://.",
        "The address is not safe: it begins with https://.",
    ),
    "address_capitals": (
        "Écrivez le début de l’adresse en minuscules\u00a0: https://.",
        "Write the beginning of the address in lower case: https://.",
    ),
    "address_host_missing": (
        "Le nom du site manque après https://.",
        "The name of the site is missing after https://.",
    ),
    "address_user": (
        "Retirez le nom d’utilisateur ou le mot de passe avant le signe @.",
        "Remove the user name or password before the @ sign.",
    ),
    "address_host": (
        "Le nom du site est mal formé\u00a0: lettres minuscules, chiffres, tirets et points.",
        "The name of the site is malformed: lower-case letters, digits, hyphens and dots.",
    ),
    "address_local": (
        "Ce nom désigne une machine d’un réseau privé\u00a0: donnez un nom public.",
        "This name is of a machine of a private network: give a public name.",
    ),
    "address_private": (
        "Cette adresse IP est celle d’un réseau privé ou réservé\u00a0: donnez un nom public.",
        "This IP address is of a private or reserved network: give a public name.",
    ),
    "address_ip": (
        "Une adresse IP n’est pas acceptée\u00a0: donnez le nom du site.",
        "An IP address is not accepted: give the name of the site.",
    ),
    "address_port": (
        "Ce port n’est pas celui d’un site web\u00a0: retirez-le, ou donnez 443 ou plus de 1023.",
        "This port is not one of a web site: remove it, or give 443 or above 1023.",
    ),
    "address_dots": (
        "Écrivez le chemin en entier, sans /./ ni /../.",
        "Write the path in full, without /./ or /../.",
    ),
    "redirect_scheme": (
        "Commencez par https://, ou le nom inversé d’une appli\u00a0: com.exemple.appli:/retour.",
        "A redirect address begins with https://, or a reversed name (com.example.app:/back).",
    ),
    "redirect_localhost": (
        "Pour un essai, écrivez http://127.0.0.1 (tout port) au lieu de localhost.",
        "For a trial, write http://127.0.0.1 (any port) instead of localhost.",
    ),
    "redirect_private_use": (
        "Écrivez le nom inversé en minuscules, avec une barre\u00a0: com.exemple.appli:/retour.",
        "An app’s address is written com.example.app:/back, in lower case, with one slash.",
    ),
    "redirect_query": (
        "Retirez code, state, error et iss de l’adresse\u00a0: la réponse les ajoute.",
        "Remove code, state, error and iss from the address: the answer adds them.",
    ),
    "too_many_redirects": (
        "Au plus {limit} adresses de retour.",
        "At most {limit} redirect addresses.",
    ),
    "keys_shape": (
        'Un jeu de clés JWK a cette forme, avec une clé au moins\u00a0: {{"keys":[{{…}}]}}.',
        'A JWK set has this shape, with one key or more: {{"keys":[{{…}}]}}.',
    ),
    "keys_inline": (
        "Donnez les clés elles-mêmes, pas une adresse\u00a0: aucune adresse n’est consultée.",
        "Give the keys themselves, not an address: no address is ever fetched.",
    ),
    "keys_kind": (
        "Seules des clés EC et RSA servent, et il en faut une.",
        "Only EC and RSA keys serve, and one is needed.",
    ),
    "keys_private": (
        "Cette clé est privée\u00a0: elle est compromise. Donnez une nouvelle clé publique.",
        "This key is private, hence compromised. Give a new public key.",
    ),
    "keys_weak": (
        "La clé est trop faible\u00a0: RSA de 2048 bits ou plus, ou EC P-256.",
        "The key is too weak: RSA of 2048 bits or more, or EC P-256.",
    ),
    "keys_many": ("Au plus {limit} clés.", "At most {limit} keys."),
    "keys_alike": (
        "Deux clés ont le même kid.",
        "Two keys have the same kid.",
    ),
    "more_errors": (
        "Ce ne sont que les premières erreurs\u00a0: il y en a {count} de plus.",
        "These are the first errors only: there are {count} more.",
    ),
    "fhir_unsupported": (
        "Cet élément n’est pas pris en charge ici\u00a0: il serait perdu.",
        "This is not supported here: it would be lost.",
    ),
    "fhir_value": (
        "Valeur non prévue ici. Attendu\u00a0: {expected}.",
        "Not a value supported here. Expected: {expected}.",
    ),
    "fhir_type": ("Ce n’est pas le type attendu\u00a0: {expected}.", "Expected type: {expected}."),
    "fhir_forbidden": (
        "Cet élément n’est pas permis dans ce profil.",
        "This element is not allowed by this profile.",
    ),
    "fhir_reference": (
        "Cette référence ne désigne pas la personne de ce jeton.",
        "This reference is not to the patient of this token.",
    ),
    "repeated_parameter": (
        "Ce paramètre ne peut pas être répété.",
        "This parameter cannot be repeated.",
    ),
    "control_character": (
        "Retirez les caractères invisibles ou de contrôle.",
        "Remove invisible or control characters.",
    ),
    "refused": ("Valeur refusée.", "Value refused."),
    # of pydantic, by its error types
    "missing": ("Cette information est nécessaire.", "This field is required."),
    "extra_forbidden": ("Champ inconnu.", "Unknown field."),
    "string_type": ("Un texte est attendu.", "A string is expected."),
    "string_too_short": ("Au moins {min_length} caractères.", "At least {min_length} characters."),
    "string_too_long": ("Au plus {max_length} caractères.", "At most {max_length} characters."),
    "string_pattern_mismatch": ("La forme est incorrecte.", "The format is wrong."),
    "int_type": ("Un nombre entier est attendu.", "An integer is expected."),
    "int_parsing": ("Un nombre entier est attendu.", "An integer is expected."),
    "bool_parsing": ("Vrai ou faux est attendu.", "A boolean is expected."),
    "bool_type": ("Vrai ou faux est attendu.", "A boolean is expected."),
    "enum": ("Choisissez une des valeurs prévues.", "Not one of the allowed values."),
    "literal_error": ("Choisissez une des valeurs prévues.", "Not one of the allowed values."),
    "date_type": ("Une date AAAA-MM-JJ est attendue.", "A date YYYY-MM-DD is expected."),
    "date_parsing": ("Une date AAAA-MM-JJ est attendue.", "A date YYYY-MM-DD is expected."),
    "date_from_datetime_parsing": (
        "Une date AAAA-MM-JJ est attendue.",
        "A date YYYY-MM-DD is expected.",
    ),
    "date_from_datetime_inexact": ("Une date sans heure est attendue.", "A date without time."),
    "greater_than_equal": ("Au moins {ge}.", "At least {ge}."),
    "less_than_equal": ("Au plus {le}.", "At most {le}."),
    "greater_than": ("Plus de {gt}.", "More than {gt}."),
    "float_type": ("Un nombre est attendu.", "A number is expected."),
    "dict_type": ("Un objet est attendu.", "An object is expected."),
    "model_type": ("Un objet est attendu.", "An object is expected."),
    "list_type": ("Une liste est attendue.", "A list is expected."),
    "too_long": ("Trop d’éléments.", "Too many items."),
}
