/** The files of the integrators' examples, as the repository has them: where the build put each. */
import application from "../../../docs/examples/application.json?url";
import booking from "../../../docs/examples/booking.py?url";
import deposit from "../../../docs/examples/deposit.py?url";
import pages from "../../../docs/examples/pages.py?url";
import person from "../../../docs/examples/person.json?url";
import result from "../../../docs/examples/result.xml?url";
import room from "../../../docs/examples/room.py?url";
import scale from "../../../docs/examples/scale.py?url";
import smart from "../../../docs/examples/smart.py?url";

/** Of software that deposits. */
export const EXAMPLES: Record<string, string> = {
  "deposit.py": deposit,
  "person.json": person,
  "result.xml": result,
};

/** Of applications of the catalogue. */
export const APPLICATION_EXAMPLES: Record<string, string> = {
  "application.json": application,
  "booking.py": booking,
  "pages.py": pages,
  "room.py": room,
  "scale.py": scale,
  "smart.py": smart,
};
