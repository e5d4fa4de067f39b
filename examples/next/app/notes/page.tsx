import { auth } from "../../auth";
import { add } from "./add";
import { notesOf } from "./notes";

export default async function Notes() {
  const user = await auth.getUser();
  // The proxy has led everybody else to sign-in; it is not the only check.
  if (!user) return <p>Nobody is signed in.</p>;
  return (
    <>
      <h1>Notes of {user.name ?? user.email}</h1>
      <ul>
        {notesOf(user.id).map(({ id, text }) => (
          <li key={id}>{text}</li>
        ))}
      </ul>
      <form action={add}>
        <label>
          Note <input name="text" required />
        </label>{" "}
        <button type="submit">Add</button>
      </form>
    </>
  );
}
