/** The files of the integrators' example, as the repository has them: where the build put each. */
import deposit from "../../../docs/examples/deposit.py?url";
import person from "../../../docs/examples/person.json?url";
import result from "../../../docs/examples/result.xml?url";

export const EXAMPLES: Record<string, string> = {
  "deposit.py": deposit,
  "person.json": person,
  "result.xml": result,
};
