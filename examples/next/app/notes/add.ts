"use server";

import { revalidatePath } from "next/cache";
import { auth } from "../../auth";
import { notesOf } from "./notes";

/** An action is an address that everybody can send to: it asks who it is. */
export async function add(form: FormData): Promise<void> {
  const user = await auth.getUser();
  if (!user) throw new Error("nobody is signed in");
  const notes = notesOf(user.id);
  notes.push({ id: notes.length, text: String(form.get("text")) });
  revalidatePath("/notes");
}
