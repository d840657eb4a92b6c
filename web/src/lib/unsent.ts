/** Whether leaving would lose a file: told by the queue of files once it is there, asked elsewhere. */
let ask = () => false;

export const wouldLose = () => ask();

export function tellUnsent(by: () => boolean) {
  ask = by;
}
