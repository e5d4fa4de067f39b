export default async function Home({ searchParams }: { searchParams: Promise<{ error?: string }> }) {
  const { error } = await searchParams;
  return (
    <>
      {error && <p role="alert">You are not signed in.</p>}
      <p>
        Your <a href="/notes">notes</a> are yours alone.
      </p>
    </>
  );
}
