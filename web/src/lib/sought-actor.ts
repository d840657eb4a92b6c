/** Whose accesses the history was opened for: in the memory of this page only, as a name is never in an address. */
let wanted: string | null = null;

export const seekApplication = (name: string) => {
  wanted = name;
};

/** Gives the name of the application back once, to the history that opens. */
export function takeApplication(): string | null {
  const name = wanted;
  wanted = null;
  return name;
}
