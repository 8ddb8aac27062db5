/** XML of strangers: no document type with declarations, so no entity is ever expanded or fetched (I02, N22); bounded in size and depth. */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { unusableFile } from './importRow.ts';

/** Elements by name; attributes as "@name"; text as "#text"; every element that may repeat as a list. */
export type XmlNode = string | { readonly [name: string]: XmlNode | readonly XmlNode[] };

const maxDepth = 40;

/** Errors: invalid-input (`not-xml`, `xml-entities`). */
export function parseXml(text: string, options: { lists: ReadonlySet<string> }): XmlNode {
  refuseDeclarations(text);
  return parsed(
    new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '@',
      parseTagValue: false,
      parseAttributeValue: false,
      trimValues: true,
      maxNestedTags: maxDepth,
      isArray: (name) => options.lists.has(name),
    }),
    text,
  ) as XmlNode;
}

/** In the order of the document: what a property list needs. Each item is {name: children} or {"#text": …}. */
export function parseOrderedXml(text: string): readonly Record<string, unknown>[] {
  refuseDeclarations(text);
  return parsed(
    new XMLParser({ preserveOrder: true, parseTagValue: false, trimValues: false, maxNestedTags: maxDepth }),
    text,
  ) as readonly Record<string, unknown>[];
}

function refuseDeclarations(text: string): void {
  if (/<!ENTITY|<!DOCTYPE[^>[]*\[/i.test(text)) {
    throw unusableFile('xml-entities', 'the file declares entities of its own, which is not allowed here');
  }
}

function parsed(parser: XMLParser, text: string): unknown {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the parser itself takes half a document for a whole one
  const valid = XMLValidator.validate(text);
  if (valid !== true) {
    throw unusableFile('not-xml', `this is not well-formed XML (line ${valid.err.line})`);
  }
  try {
    return parser.parse(text) as unknown;
  } catch {
    throw unusableFile('not-xml', 'this XML cannot be read: it is nested too deeply or not well-formed');
  }
}
