"use client";

import { SignIn, SignOut, SignUp, useUser } from "kinde-edge/react";

/** Who is signed in, as the browser learns it: what is rendered by this is for the eye alone. */
export function Header() {
  const { user, isLoading } = useUser();
  if (isLoading) return <header>…</header>;
  if (!user)
    return (
      <header>
        <SignIn returnTo="/notes" /> or <SignUp returnTo="/notes" />
      </header>
    );
  return (
    <header>
      {user.email} <SignOut />
    </header>
  );
}
