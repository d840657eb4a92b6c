/** What an operator changes to put its own name and telephone on the product. */
export const brand = {
  name: "Carnet",
  /** Help line. This number belongs to the block that Arcep keeps for works of fiction. */
  helpPhone: "01 99 00 12 34",
  helpHours: "du lundi au vendredi, de 9 h à 18 h",
} as const;

/** Where a press calls the help line. */
export const helpCall = `tel:${brand.helpPhone.replaceAll(" ", "")}`;
