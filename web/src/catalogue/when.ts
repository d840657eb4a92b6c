/** Words of moments: days, hours, places that keep another time, how long before. */
import { plural } from "../lib/format.ts";
import { typeset } from "../lib/typo.ts";

/** Named as they are said: « heure de … », « à … ». */
interface ZoneWords {
  name: string;
  of: string;
  at: string;
}

export const whenWords = typeset({
  at: (day: string, time: string) => `${day} à ${time}`,
  allDay: "toute la journée",
  allDayOn: (day: string) => `${day}, toute la journée`,
  fromTo: (from: string, to: string) => `du ${from} au ${to}`,
  until: (time: string) => `jusqu'à ${time}`,
  hour: (hours: number, minutes: string) => `${hours} h ${minutes}`,

  zoneOf: (time: string, of: string) => `${time}, heure ${of}`,
  zoneAt: (time: string, at: string) => `${time} ${at}`,
  zones: {
    "Europe/Paris": { name: "Paris", of: "de Paris", at: "à Paris" },
    "America/Guadeloupe": { name: "Guadeloupe", of: "de la Guadeloupe", at: "en Guadeloupe" },
    "America/Martinique": { name: "Martinique", of: "de la Martinique", at: "en Martinique" },
    "America/Cayenne": { name: "Guyane", of: "de la Guyane", at: "en Guyane" },
    "Indian/Reunion": { name: "La Réunion", of: "de La Réunion", at: "à La Réunion" },
    "Indian/Mayotte": { name: "Mayotte", of: "de Mayotte", at: "à Mayotte" },
    "America/Miquelon": {
      name: "Saint-Pierre-et-Miquelon", of: "de Saint-Pierre-et-Miquelon", at: "à Saint-Pierre-et-Miquelon",
    },
    "Pacific/Noumea": { name: "Nouvelle-Calédonie", of: "de la Nouvelle-Calédonie", at: "en Nouvelle-Calédonie" },
    "Pacific/Tahiti": { name: "Tahiti, îles de la Société", of: "de Tahiti", at: "à Tahiti" },
    "Pacific/Marquesas": { name: "Îles Marquises", of: "des îles Marquises", at: "aux îles Marquises" },
    "Pacific/Gambier": { name: "Îles Gambier", of: "des îles Gambier", at: "aux îles Gambier" },
    "Pacific/Wallis": { name: "Wallis-et-Futuna", of: "de Wallis-et-Futuna", at: "à Wallis-et-Futuna" },
  } as Record<string, ZoneWords>,
  otherZone: (name: string): ZoneWords => ({ name, of: `de ${name}`, at: `à ${name}` }),

  leads: {
    start: "à l'heure du rendez-vous",
    sameDay: (time: string) => `le jour même à ${time}`,
    eve: "la veille",
    eveAt: (time: string) => `la veille à ${time}`,
    week: "une semaine avant",
    minutes: (n: number) => `${plural(n, "minute", "minutes")} avant`,
    hours: (n: number) => `${plural(n, "heure", "heures")} avant`,
    days: (n: number) => `${plural(n, "jour", "jours")} avant`,
    mixed: (hours: number, minutes: string) => `${hours} h ${minutes} avant`,
    daysAt: (n: number, time: string) => `${plural(n, "jour", "jours")} avant, à ${time}`,
  },
});
