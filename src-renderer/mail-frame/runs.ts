/**
 * A large tree falls into runs of siblings, each small enough to be worked on without a pause, and into elements that are too large for that:
 * those are worked on by themselves, and then their children in the same way. A small tree is one run.
 */

const xhtml = 'http://www.w3.org/1999/xhtml';
/** Nodes of one run, as far as they cost something: elements, and whatever stands beside them. A link takes some 50 µs altogether. */
const largestRun = 500;

export type Run = readonly ChildNode[];

/** The children of `parent` in order: runs, and elements that are too large for one. Nothing but HTML is looked into. */
export function* runsOf(parent: Element): Generator<Run | Element> {
  let run: ChildNode[] = [];
  let weight = 0;
  for (const child of [...parent.childNodes]) {
    const element = child.nodeType === Node.ELEMENT_NODE ? (child as Element) : null;
    const own = 1 + (element?.querySelectorAll('*').length ?? 0);
    const large = element !== null && own > largestRun && element.namespaceURI === xhtml;
    if (run.length > 0 && (large || weight + own > largestRun)) {
      yield run;
      run = [];
      weight = 0;
    }
    if (large) yield element;
    else {
      run.push(child);
      weight += own;
    }
  }
  if (run.length > 0) yield run;
}

export function isRun(piece: Run | Element): piece is Run {
  return Array.isArray(piece);
}
