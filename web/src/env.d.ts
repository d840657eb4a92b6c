/** A file of the repository: its text, or where the build put it. */
declare module "*?raw" {
  const text: string;
  export default text;
}
declare module "*?url" {
  const address: string;
  export default address;
}

declare module "virtual:icons" {
  import type { IconName } from "./icons";
  const drawings: Record<IconName, [tag: string, attributes: Record<string, string>][]>;
  export default drawings;
}

/** Where the build put what pdf.js fetches by itself. */
declare const __PDF_FOLDER__: string;
