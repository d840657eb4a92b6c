/** Words of the history of accesses. */
import { brand } from "../brand.ts";
import { number, plural } from "../lib/format.ts";

export const trace = {
  title: "Qui a consulté mon dossier ?",
  intro: "Chaque accès et chaque refus sont notés ici, avec le droit qui l'a permis.",
  outcome: "Afficher",
  outcomes: {
    others: "Les accès des autres",
    all: "Tous, les miens compris",
    allowed: "Les accès permis",
    refused: "Les demandes refusées",
  },
  onlyDocument: "Accès à un seul document",
  allDocuments: "Voir les accès à tout le dossier",
  times: (n: number) => `${n} fois`,
  between: (from: string, to: string) => `de ${from} à ${to}`,
  refused: "Refusé",
  unreadable: "Ligne impossible à vérifier",
  count: (n: number, complete: boolean) =>
    complete
      ? plural(n, "ligne", "lignes")
      : `${plural(n, "ligne affichée", "lignes affichées")}, il y en a d'autres`,
  emptyTitle: "Aucun accès pour l'instant",
  empty: "Dès que quelqu'un ouvrira votre dossier, vous le verrez ici.",
  noneTitle: "Aucun accès ne correspond",
  none: "Aucune des lignes affichées ne correspond à ce choix.",
  verify: "Vérifier mon historique",
  verifyAgain: "Vérifier de nouveau",
  verifyIntro: "Votre navigateur recalcule chaque ligne. Vous n'avez pas à nous croire sur parole.",
  reading: (done: number, of: number) => `${plural(done, "accès lu", "accès lus")} sur ${number(of, 0)}`,
  calculating: "Calcul des empreintes…",
  starting: "Lecture de l'historique…",
  progress: "Vérification de l'historique",
  wholeTitle: (n: number) =>
    n === 0 ? "Rien à vérifier pour l'instant" : plural(n, "accès vérifié", "accès vérifiés"),
  whole: "Aucun ne manque, aucun n'a été modifié.",
  wholeEmpty: "Aucun accès n'est encore scellé. Revenez dans quelques minutes.",
  sealedAt: (when: string) => `L'historique est scellé jusqu'au ${when}.`,
  since: "Rien n'a été retiré depuis votre dernière vérification sur cet appareil.",
  waiting: (n: number, wait: string) =>
    `${plural(n, "accès plus récent attend", "accès plus récents attendent")} d'être scellés, depuis ${wait} au plus.`,
  strangers: (n: number) =>
    `L'archive verrouillée contient ${plural(n, "objet", "objets")} que le service n'a pas écrits. Ils ont été ignorés. Dites-le au ${brand.helpPhone}.`,
  brokenTitle: "Cet historique n'est pas intact",
  broken: "La vérification a trouvé ceci :",
  lateTitle: "Des accès récents tardent à être scellés",
  late: "Ce qui est déjà scellé est intact. Recommencez dans une heure. Si cela dure, appelez l'assistance.",
  findings: {
    missing: "Il manque des lignes.",
    extra: "Il y a des lignes en trop.",
    order: "Des lignes ne sont pas à leur place.",
    repeated: "Un même accès occupe deux places.",
    chain: "Une ligne ne suit pas celle d'avant.",
    root: "L'empreinte signée n'est pas celle de ces lignes.",
    signature: "La signature de l'historique n'est pas valable.",
    key: "La clé qui a signé l'historique est inconnue.",
    gone: "Le contenu d'une ligne a disparu ou ne s'ouvre plus.",
    altered: "Le contenu d'une ligne a été modifié.",
    "rolled-back": "L'historique est plus court qu'à votre dernière vérification.",
    forked: "L'historique n'est plus celui de votre dernière vérification.",
    "cut-off": "L'archive verrouillée contient une suite qui a disparu de l'historique.",
    archive: "L'archive verrouillée contient un autre historique que celui-ci.",
    unproven: "Un objet de l'archive verrouillée est illisible : elle ne prouve rien pour cet accès.",
    late: "Des accès attendent depuis trop longtemps d'être scellés.",
    unreadable: "La réponse du service n'est pas lisible.",
  },
  alarm: [
    "Gardez une image de cet écran, avec la date et l'heure.",
    `Appelez le ${brand.helpPhone} et dites : « la vérification de mon historique a échoué ».`,
    "Vous pouvez aussi saisir la CNIL, sur son site ou par courrier.",
  ],
  alarmTitle: "Que faire ?",
  how: "Comment ça marche ?",
  howText: [
    "Chaque accès reçoit un numéro et une empreinte, enchaînée à celle d'avant. Le tout est signé.",
    "Retirer ou changer un accès casserait la chaîne. Votre navigateur le verrait.",
    "Seuls le nombre d'accès et une empreinte restent sur cet appareil. Ils prouveront que rien n'est coupé ensuite.",
    "Vérifiez de temps en temps : la première vérification sur un appareil n'a pas de point de comparaison.",
  ],
  worried: "Un accès vous surprend ?",
  worriedText: `Retirez l'accès de ce professionnel, ou appelez le ${brand.helpPhone}.`,
};
