/** Whose accesses the history was opened for: in the memory of this page only, as it is never in an address. */
import type { Consent } from "../api/types";

type Application = Pick<Consent["application"], "id" | "name">;
let wanted: Application | null = null;

export const seekApplication = (application: Application) => {
  wanted = application;
};

/** Gives the application back once, to the history that opens. */
export function takeApplication(): Application | null {
  const found = wanted;
  wanted = null;
  return found;
}
