/** @module The address that a message names for itself: what the clinic takes for the right one when nobody says which it is. */
import { attribute, childElements, type XmlElement } from '../../wire/xml/element.ts';

/** `Destination`, else the first `Recipient`, else nothing. */
export function addressNamed(root: XmlElement): string {
  return attribute(root, 'Destination')?.trim() ?? recipientIn(root) ?? '';
}

function recipientIn(element: XmlElement): string | undefined {
  const own = element.localName === 'SubjectConfirmationData' ? attribute(element, 'Recipient')?.trim() : undefined;
  if (own !== undefined) return own;
  for (const inner of childElements(element)) {
    const found = recipientIn(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}
