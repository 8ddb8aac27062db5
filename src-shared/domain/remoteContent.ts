/** Does this HTML ask for anything from the network? A hint for lists and the command line; the frame's own CSP is what blocks it. */
const patterns = [
  /<(?:img|input|video|audio|source|track|embed|iframe|frame|script)\b[^>]*?\b(?:src|srcset|poster)\s*=\s*["']?\s*(?:https?:)?\/\//i,
  /<[^>]+?\bbackground\s*=\s*["']?\s*(?:https?:)?\/\//i,
  /<link\b[^>]*?\bhref\s*=\s*["']?\s*(?:https?:)?\/\//i,
  /(?:url\(|@import|image-set\()\s*["']?\s*(?:https?:)?\/\//i,
  /<(?:image|use)\b[^>]*?\bhref\s*=\s*["']?\s*(?:https?:)?\/\//i,
];

export function hasRemoteContent(html: string): boolean {
  return patterns.some((pattern) => pattern.test(html));
}
