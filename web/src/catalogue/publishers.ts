/** Words for those who write software; fetched with their page. */
import { brand } from "../brand.ts";
import { typeset } from "../lib/typo.ts";

export const publisherWords = typeset({
  title: "Déposer depuis un logiciel",
  back: "Page d'accueil",
  intro: `Les logiciels d'un laboratoire, d'un établissement ou d'un cabinet déposent dans ${brand.name} par requêtes, sans navigateur.`,
  stepsTitle: "Quatre requêtes",
  steps: [
    "Votre logiciel signe une demande avec sa clé privée. Il reçoit un jeton de dix minutes.",
    "Il donne le numéro INS et les traits de la personne. Il apprend seulement si l'espace accepte les dépôts.",
    "Il reçoit une référence de la personne, pour lui seul, valable quinze minutes.",
    "Il dépose le document : CDA R2, PDF, image ou texte, jusqu'à 4 Mo. La personne est prévenue.",
  ],
  stepsMore: "Sans réponse, renvoyez la même demande avec la même clé : il n'y aura qu'un document.",
  registerTitle: "Faire connaître votre logiciel",
  register: [
    "Fabriquez une paire de clés. La clé privée ne quitte jamais vos serveurs.",
    "Donnez à l'exploitant votre numéro FINESS et la clé publique.",
    "Vous recevez un identifiant de client. Il n'y a pas de mot de passe partagé.",
  ],
  tryTitle: "Essayer chez vous",
  try: "Le service entier se lance sur votre machine, avec des personnes fictives. Un laboratoire fictif y est déjà inscrit.",
  tryMore: "L'exemple fait les quatre requêtes et affiche ce qu'il reçoit. Trois fichiers suffisent, avec Python et la bibliothèque joserfc (pip install joserfc).",
  readTitle: "Pour écrire votre logiciel",
  guide: "Le guide pas à pas",
  guideText: "En anglais : chaque requête, et que faire après chaque refus.",
  contract: "La description de l'interface",
  contractText: "OpenAPI 3.1, en JSON : champs, listes de codes, exemples.",
  files: "Les fichiers de l'exemple",
  appTitle: "Votre application s'adresse au public ?",
  app: "Une application se fait référencer dans le catalogue. Chaque personne choisit ensuite, ligne par ligne, ce qu'elle peut faire.",
  toCatalogue: "Voir le catalogue",
  present: "Présenter une application",
  guideTitle: "Guide de dépôt",
  guideIntro: "Ce guide est en anglais, comme les noms de l'interface.",
});
