import { AuthProvider } from "kinde-edge/react";
import type { ReactNode } from "react";
import { Header } from "./header";

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <head>
        <title>Notes</title>
        <link rel="icon" href="data:," />
      </head>
      <body>
        <AuthProvider>
          <Header />
          <main>{children}</main>
        </AuthProvider>
      </body>
    </html>
  );
}
