/** Words of the public page and the way in. */
import { brand } from "../brand.ts";

export const publicPage = {
  brand: brand.name,
  pageTitle: `${brand.name} – espace de santé`,
  description: "Vos documents de santé, réunis et protégés. Vous choisissez qui les lit.",
  heading: "Votre santé, dans un carnet qui n'appartient qu'à vous",
  sentences: [
    "Vos résultats et vos comptes rendus arrivent ici, directement de ceux qui vous soignent.",
    "Vous ajoutez vos propres documents, même depuis une photo.",
    "Vous choisissez les professionnels qui peuvent les lire.",
    "Vous voyez chaque accès : qui, quand et de quel droit.",
    "Vous retirez un accès quand vous voulez, et c'est immédiat.",
  ],
  patient: "Je suis un particulier",
  patientText: "Retrouver mes documents et choisir qui les lit",
  professional: "Je suis un professionnel de santé",
  professionalText: "Ouvrir le dossier d'un patient qui m'a autorisé",
  software: "J'édite un logiciel ou une application",
  softwareText: "Déposer des documents, ou relier une application à l'espace des personnes",
  noAccountTitle: "Sans ordinateur ni téléphone portable ?",
  noAccount: `Une personne vous répond au ${brand.helpPhone}, ${brand.helpHours}.`,
  needsScript: "La suite du site a besoin de JavaScript. Activez-le dans les réglages de votre navigateur, puis rechargez.",
  footer: "Aucun traceur, aucune publicité, aucun service tiers.",
};

export const login = {
  title: "Se connecter",
  personTitle: "Vous êtes un particulier",
  person: "Utilisez FranceConnect+ avec une identité numérique renforcée. Vous n'avez pas de mot de passe à créer ici.",
  personButton: "Se connecter avec FranceConnect+",
  proTitle: "Vous êtes un professionnel de santé",
  pro: "Utilisez Pro Santé Connect avec votre carte CPS ou l'application e-CPS.",
  proButton: "Se connecter avec Pro Santé Connect",
  othersTitle: "Vous travaillez avec le catalogue d'applications",
  publisherTitle: "Vous éditez une application",
  publisher: "ProConnect vérifie votre identité et votre établissement. Vous présentez vos applications et suivez leur examen.",
  publisherButton: "Se connecter avec ProConnect",
  operatorTitle: "Vous exploitez le service",
  operator: "L'accès est réservé aux personnes inscrites. Vous examinez les applications.",
  operatorButton: "Se connecter comme exploitant",
  ended: "Votre session est fermée. Rien n'est resté affiché sur cet appareil.",
  erased: "Cet appareil est effacé. Vos documents restent dans votre espace.",
  uncertainTitle: "La session n'est peut-être pas fermée",
  uncertain: "Le réseau n'a pas répondu. Vérifiez la connexion, puis fermez la session ici.",
  closeSession: "Fermer la session",
  helpTitle: "Vous n'avez pas d'identité numérique ?",
  help: `Appelez le ${brand.helpPhone}, ${brand.helpHours}. Une personne vous explique comment faire, même sans ordinateur.`,
  problems: {
    annulee: {
      title: "La connexion a été annulée",
      text: "Vous avez quitté l'identification avant la fin. Choisissez de nouveau comment vous connecter.",
    },
    expiree: {
      title: "La connexion a pris trop de temps",
      text: "Pour votre sécurité, elle doit finir en dix minutes. Recommencez : vos informations sont intactes.",
    },
    inconnue: {
      title: "Nous n'avons pas trouvé votre espace",
      text: "Votre identité ne correspond à aucun espace ouvert. Vérifiez avec l'assistance votre nom et votre date de naissance.",
    },
    doublon: {
      title: "Votre identité doit être vérifiée",
      text: "Deux espaces portent la même identité. Par prudence, aucun n'est ouvert. L'assistance fera la vérification avec vous.",
    },
    niveau: {
      title: "Il faut une identité plus sûre",
      text: "Ce compte ne suffit pas pour des données de santé. Choisissez une identité numérique renforcée dans FranceConnect+.",
    },
    "niveau-pro": {
      title: "Il faut une connexion plus sûre",
      text: "ProConnect doit vérifier deux facteurs et votre lien avec l'établissement. Activez la double authentification, puis réessayez.",
    },
    "etablissement-inconnu": {
      title: "Votre établissement n'est pas reconnu",
      text: "ProConnect n'a pas donné de numéro SIRET valable. Choisissez votre établissement dans ProConnect, puis réessayez.",
    },
    "exploitant-inconnu": {
      title: "Vous n'êtes pas dans la liste des exploitants",
      text: "Demandez votre inscription au responsable de l'exploitation. Aucune session n'est ouverte.",
    },
    "professionnel-inconnu": {
      title: "Vous n'êtes pas dans l'annuaire des professionnels",
      text: "Votre numéro RPPS n'a pas été trouvé. Vérifiez votre inscription auprès de votre ordre, puis réessayez.",
    },
    suspendue: {
      title: "L'accès à votre compte est suspendu",
      text: "Rien n'est effacé. Appelez l'assistance : elle vérifie votre identité, puis vous dit comment l'accès peut être rétabli.",
    },
    technique: {
      title: "L'identification n'a pas abouti",
      text: "Le service d'identification n'a pas répondu comme prévu. Attendez une minute, puis réessayez.",
    },
  } as Record<string, { title: string; text: string }>,
};
