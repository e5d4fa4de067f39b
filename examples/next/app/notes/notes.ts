/** Here they are in memory, until the program ends; a real one has a database. */
const notes = new Map<string, { id: number; text: string }[]>();

export function notesOf(user: string) {
  const all = notes.get(user) ?? [];
  notes.set(user, all);
  return all;
}
