/** Whose accesses the history was opened for: in the memory of this page only, as a name is never in an address. */
import type { Consent } from "../api/types";

let wanted: string | null = null;

/** The history names an application with its publisher. */
export const seekApplication = ({ name, publisher }: Consent["application"]) => {
  wanted = `${name} – ${publisher}`;
};

/** Gives the name of the application back once, to the history that opens. */
export function takeApplication(): string | null {
  const name = wanted;
  wanted = null;
  return name;
}
