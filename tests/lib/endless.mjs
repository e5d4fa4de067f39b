// Answers that never end, as a stranger's server may give them.

/** `{ response, sent, cancelled }`: the answer, how many bytes of it were asked for, and whether it was given up. */
export function endlessAnswer() {
  const piece = new TextEncoder().encode(`"${"x".repeat(65_534)}"`);
  let sent = 0;
  let cancelled = false;
  const pull = (controller) => {
    sent += piece.length;
    controller.enqueue(piece);
  };
  const response = (init) => new Response(new ReadableStream({ pull, cancel: () => void (cancelled = true) }), init);
  return { response, sent: () => sent, cancelled: () => cancelled };
}
