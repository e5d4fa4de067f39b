// The answers of this visit, for who goes back: each entry of the browser's history has its own.
const KEPT = 30;
const answers = new Map();

/** The key of the entry that is shown; one is made where there is none. */
function key() {
  if (!history.state?.key) {
    const made = Math.random().toString(36).slice(2);
    history.replaceState({ ...history.state, key: made }, "");
  }
  return history.state.key;
}

export function keepAnswer(answer) {
  answers.delete(key());
  answers.set(key(), answer);
  if (answers.size > KEPT) answers.delete(answers.keys().next().value);
}

export const keptAnswer = () => answers.get(key());
export const forgetAnswers = () => answers.clear();

/** Put what is typed into the address, without a new entry. */
export const setAddress = (hash) => {
  if (hash !== location.hash) history.replaceState({ key: key() }, "", hash);
};
